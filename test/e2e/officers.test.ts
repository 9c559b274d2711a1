import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, dayOf } from "../../src/kernel/days.ts";
import { exportedData } from "../../src/rights/export/format.ts";
import { readAttachment } from "../harness/attachments.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { unzip } from "../harness/unzip.ts";
import { personIn, ENCRYPTED, World } from "../harness/world.ts";

/** How each is named to whoever has another role. */
const WHO = ["olga", "dora", "sam"] as const;
const ALL = [...WHO];
const OVERSEERS = ["olga", "dora"];
const ANSWERING = ["dora", "sam"];

describe("the operators' officers", () => {
  let world: World;
  /** The operator, the data-protection officer, and who is there for support. */
  let people: Readonly<Record<(typeof WHO)[number], Person>>;
  let alice: Person;
  let bob: Person;
  let room: string;
  const chats = new Map<Person, string>();
  let day: string;

  beforeAll(async () => {
    day = dayOf(Date.now() - 2 * DAY_MS);
    const [dora, sam] = [await personIn(ENCRYPTED, "dora"), await personIn(ENCRYPTED, "sam")];
    const officers = { dpo: [dora.userId], support: [sam.userId] };
    const { olga, ...made } = await World.withOffice(ENCRYPTED, {
      config: { officers, limits: { commandsPerMinute: 100_000 } },
    });
    world = made.world;
    people = { olga, dora, sam };
    alice = await world.person("alice");
    bob = await world.person("bob");
    // Who has spoken with Usher in private is told there.
    for (const one of [olga, dora, sam, alice, bob]) {
      chats.set(one, await world.direct(one));
      await ask(one, chat(one), "hello");
    }
    room = await world.room(alice, { powerLevels: { state_default: 0 } });
    await world.bring(alice, room, bob);
    await ask(alice, room, "!usher add widget https://board.example.org/of-alice --yes");
    await ask(bob, room, "!usher add widget https://board.example.org/of-bob --yes");
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([people.dora.stop(), people.sam.stop()]);
  });

  const chat = (one: Person): string => chats.get(one) ?? "none";
  const says = async (one: Person, line: string): Promise<string> =>
    bodyOf(await ask(one, chat(one), line));
  /** Waits for what Usher says to somebody by itself, wherever it does. */
  const told = (one: Person, words: string, from: number) =>
    one.waitFor((event) => event.sender === world.usher.userId && bodyOf(event).includes(words), {
      from,
      what: words,
    });
  const caseIn = (said: string): string => /`([0-9a-f]{16})`/.exec(said)?.[1] ?? `none in ${said}`;
  /** What a person's export holds, by record. */
  async function exported(one: Person): Promise<ReadonlyMap<string, readonly unknown[]>> {
    const from = one.mark();
    await says(one, "privacy export here");
    const file = await one.waitFor(
      (event) =>
        messageFrom(world.usher.userId, chat(one))(event) && event.content["msgtype"] === "m.file",
      { from, what: "the export" },
    );
    const folder = mkdtempSync(join(tmpdir(), "usher-officers-"));
    try {
      const path = join(folder, "export.zip");
      writeFileSync(path, (await readAttachment(one, file)).bytes);
      const data = exportedData.parse(
        JSON.parse(String((await unzip(path)).get("data.json"))) as unknown,
      );
      return new Map(
        data.categories.map(({ id, things }) => [id, things.map((thing) => thing.data)]),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it.each<[string, readonly string[]]>([
    ["admin status", ALL],
    ["admin doctor", ["olga"]],
    ["admin rooms", ["olga"]],
    ["admin keys status", ["olga"]],
    ["admin keys add", ["olga"]],
    ["admin backup", ["olga"]],
    ["admin cases", ANSWERING],
    ["admin complaints", ["dora"]],
    ["admin case add @ann:usher.test human Why?", ["dora"]],
    ["admin disclosures", ["dora"]],
    ['admin disclosure add @ann:usher.test law "A court" Her rooms.', ["dora"]],
    ["admin underage @kid:usher.test", ["dora"]],
    ["admin identity @ann:usher.test", ["dora"]],
    ["admin summary", OVERSEERS],
    ["admin controller", OVERSEERS],
    ["admin audit", OVERSEERS],
    ["admin audit verify", OVERSEERS],
  ])("R68 %s is for whoever has a role for it, and for nobody else", async (line, allowed) => {
    for (const name of WHO) {
      const said = await says(people[name], line);
      expect([name, said.includes("The configuration says who is what")]).toEqual([
        name,
        !allowed.includes(name),
      ]);
      if (said.includes("is for the people who run me")) throw new Error(`${name}: ${said}`);
      // What was shown first is not done.
      await says(people[name], "no");
    }
    expect(await says(alice, line)).toContain("is for the people who run me");
  });

  it("R66 R78 a complaint is seen by the data-protection officer alone, put off once with a reason, and answered", async () => {
    const { dora, sam } = people;
    const id = caseIn(await says(alice, "privacy complain Nobody answers me."));
    expect(await says(sam, "admin cases")).not.toContain(id);
    expect(await says(sam, `admin case ${id} here`)).toContain("I know no case");
    expect(await says(dora, "admin cases")).toContain(id);
    const shown = await says(dora, `admin case ${id} here reason=law`);
    expect(shown).toContain("Nobody answers me.");
    let from = alice.mark();
    expect(await says(dora, `admin case ${id} extend We look at three rooms.`)).toContain(
      "I have told its person",
    );
    await told(alice, "We look at three rooms.", from);
    expect(await says(dora, `admin case ${id} extend Once more.`)).toContain("put off once");
    from = alice.mark();
    expect(await says(dora, `admin case ${id} answer It is mended.`)).toContain("answered");
    await told(alice, "It is mended.", from);
    expect(await says(dora, "admin complaints")).toMatch(
      new RegExp(`1 complaint[^]*${id}[^]*answered`),
    );
  });

  it("R66 what was asked by another way is due from the day on which it was received, and its person is told", async () => {
    const from = bob.mark();
    const line = `admin case add ${bob.userId} human received=${day} Who reads along? --yes`;
    const added = await says(people.dora, line);
    const id = caseIn(added);
    await told(bob, id, from);
    expect(await says(people.sam, `admin case ${id} here`)).toMatch(
      new RegExp(`${day}, received by another way[^]*Who reads along`),
    );
    const tomorrow = dayOf(Date.now() + 2 * DAY_MS);
    const late = `admin case add ${bob.userId} human received=${tomorrow} Why? --yes`;
    expect(await says(people.dora, late)).toContain("is yet to come");
  });

  it("R64 R68 what was given to others, and every look at what is about her, is in her export, without who looked", async () => {
    const { dora } = people;
    const given = `admin disclosure add ${alice.userId} law "Court of Bonn" on=${day} Her rooms. --yes`;
    expect(await says(dora, given)).toContain("finds it in their export");
    const barred = given.replace(" law ", " security ").replace("--yes", "--untold --yes");
    expect(await says(dora, barred)).toContain("in no export");
    expect(await says(dora, `admin disclosures ${alice.userId}`)).toMatch(
      /2 times something about[^]*they must not be told/,
    );
    const unknown = given.replace(" law ", " curiosity ");
    expect(await says(dora, unknown)).toMatch(/law.*security.*harm.*emergency/);
    await says(people.olga, "admin audit reason=abuse");
    const held = await exported(alice);
    expect(JSON.stringify(held.get("D21"))).toContain("Court of Bonn");
    const looks = held.get("D19");
    expect(looks).toContainEqual(
      expect.objectContaining({ what: "admin case", role: "dpo", reason: "law" }),
    );
    expect(looks).toContainEqual(
      expect.objectContaining({ what: "admin audit", role: "operator", reason: "abuse" }),
    );
    expect(looks).toContainEqual(
      expect.objectContaining({ what: "admin disclosures", role: "dpo", reason: "law" }),
    );
    // Of the one that she must not be told of nothing says that it was entered.
    expect(
      (looks as readonly { readonly what: string }[]).filter(
        ({ what }) => what === "admin disclosure add",
      ),
    ).toHaveLength(1);
    expect(JSON.stringify(held.get("D21"))).not.toContain("security");
    for (const one of Object.values(people))
      expect(JSON.stringify(looks)).not.toContain(one.userId);
  });

  it("R25 what only operators can erase is a case of the data-protection officer's, done by a word", async () => {
    const { olga, dora, sam } = people;
    await says(olga, 'admin catalogue change custom --yes {"erasedByHand": true}');
    const asked = await says(bob, "privacy erase widgets now");
    const from = bob.mark();
    await says(bob, `confirm ${/confirm ([a-z]+)/.exec(asked)?.[1] ?? `none in ${asked}`}`);
    await told(bob, "privacy receipt ", from);
    const open = await says(dora, "admin cases");
    const known = /`([0-9a-f]+)`[^\n]*privacy erase/.exec(open)?.[1] ?? `none in ${open}`;
    expect(await says(sam, `admin case ${known} done Gone.`)).toContain("I know no case");
    expect(await says(dora, `admin case ${known} answer Gone.`)).toContain("erased by hand");
    const later = bob.mark();
    expect(await says(dora, `admin case ${known} done Deleted on the board.`)).toContain("is done");
    await told(bob, "Deleted on the board.", later);
  });

  it("R65 whoever is too young is erased, and nothing is set up for them", async () => {
    const kid = await world.person("kid");
    chats.set(kid, await world.direct(kid));
    const own = await world.room(kid);
    await ask(kid, own, "!usher add widget https://pad.example.org/p/kid --yes");
    const from = kid.mark();
    const done = await says(people.dora, `admin underage ${kid.userId} --yes`);
    expect(done).toContain("I have told them");
    await told(kid, "younger than 16", from);
    const again = bodyOf(
      await ask(kid, own, "!usher add widget https://pad.example.org/p/again --yes"),
    );
    expect(again).not.toContain("Added");
  });

  it("R68 a month is told in numbers without names, and the record is whole after an erasure", async () => {
    const { dora } = people;
    const asked = await says(alice, "privacy erase all now");
    const from = alice.mark();
    await says(alice, `confirm ${/confirm ([a-z]+)/.exec(asked)?.[1] ?? `none in ${asked}`}`);
    await told(alice, "privacy receipt ", from);
    const verified = await says(dora, "admin audit verify");
    expect(verified).toMatch(/as it was written: \d+ entries/);
    expect(verified).toMatch(/\d+ of them names? somebody who was erased/);
    expect(verified).not.toContain("stands nowhere");
    const summary = await says(dora, "admin summary 30");
    expect(summary).toMatch(/cases that came: 2 .*complain: 1/);
    expect(summary).toContain("given to others: law 1");
    expect(summary).toMatch(/erasures: \d+ whole/);
    expect(summary).not.toMatch(/@|alice|bob|Bonn|board/i);
    await world.usher.restart();
    expect(await says(dora, "admin audit verify")).toContain("as it was written");
  });
});
