import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAttachment } from "../harness/attachments.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

const CHANGED = "My privacy notice has changed.";

describe.each(TALKS)("the privacy notice, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let alice: Person;
  let bob: Person;
  let office: string;
  let room: string;

  beforeAll(async () => {
    ({ world, olga, office } = await World.withOffice(talk));
    [alice, bob] = [await world.person("alice"), await world.person("bob")];
    room = await world.room(alice);
    await world.bring(alice, room, bob);
  });
  afterAll(() => world.end());

  const said = async (line: string, person = bob): Promise<string> =>
    bodyOf(await ask(person, room, `!usher ${line}`));

  /** The operator says something else of themselves, and starts Usher anew. */
  async function restartedWith(more: object): Promise<void> {
    const path = join(world.usher.folder, "config.json");
    const config = JSON.parse(await readFile(path, "utf8")) as object;
    await writeFile(path, JSON.stringify({ ...config, ...more }));
    await world.usher.restart();
  }

  const news = (person: Person): readonly SeenEvent[] =>
    person.seen.filter(
      (event) => event.type === "m.room.message" && bodyOf(event).includes(CHANGED),
    );

  it("R33 is answered to somebody of whom nothing is kept, in a room where others read it", async () => {
    const five = (await said("privacy")).split("\n");
    expect(five).toHaveLength(5);
    expect(five[0]).toContain("How much I keep about you is for you alone");
    expect(await said("privacy notice")).toContain("`who-can-see`: Who can see your data");
    for (const [line, part] of [
      ["who", "Who answers for your data"],
      ["basis", "legitimate interest"],
      ["who-can-see", "my operators"],
      ["retention", "what it takes to undo the last changes (30 days)"],
      ["sharing", "privacy policy (https://"],
      ["delegation", "No other manager does any of my work."],
      ["security", "If you have found a weakness"],
      ["history", "- 1, "],
      ["notice identity", "You are who your Matrix ID says"],
    ] as const)
      expect(await said(`privacy ${line}`)).toContain(part);
  });

  it("R10 is whole in as many messages as it takes, and the same as the version that is kept", async () => {
    const from = bob.mark();
    const first = bodyOf(await ask(bob, room, "!usher privacy notice all"));
    expect(first).toMatch(/^My privacy notice, version 1, of \d{4}-\d\d-\d\d\.\n/);
    const [, pages = "1"] = /\(page 1 of (\d+)\)/.exec(first) ?? [];
    const isFrom = messageFrom(world.usher.userId, room);
    const isLast: Predicate = (event) =>
      isFrom(event) && bodyOf(event).includes("Who has checked this notice");
    expect(Number(pages)).toBeGreaterThan(1);
    await bob.waitFor(isLast, { from });
    const kept = await said("privacy history 1");
    expect(kept).toContain("Version 1 of the privacy notice");
    expect(kept).toContain("\n\nWhom to write to:\n- for help: ");
  });

  it("R11 is told once, by direct message, to whoever something is kept about, when it is new", async () => {
    expect(bodyOf(await ask(alice, room, "!usher add widget https://pad.example.org/p/x"))).toMatch(
      /\(my notice: `!usher privacy`\)/,
    );
    await ask(alice, room, "yes");
    const from = alice.mark();
    await restartedWith({
      operator: { legalName: "Verein Beispiel", affiliates: ["Verein Nord"] },
    });
    const invited = await alice.waitFor(
      ({ type, stateKey, content }) =>
        type === "m.room.member" && stateKey === alice.userId && content["membership"] === "invite",
      { from, what: "an invitation" },
    );
    await alice.join(invited.roomId);
    const isFrom = ({ roomId, sender }: SeenEvent): boolean =>
      roomId === invited.roomId && sender === world.usher.userId;
    const isNews: Predicate = (event) => isFrom(event) && bodyOf(event).includes(CHANGED);
    const told = await alice.waitFor(isNews, { from });
    // Who has no encryption is told unencrypted: nothing in it is about them.
    expect(told.encryption).toBe(talk.encrypted ? "decrypted" : "none");
    expect(bodyOf(told)).toMatch(
      /It is version 2 now.* New is: who answers for your data; who runs me\./,
    );
    await restartedWith({});
    expect(await said("privacy who", alice)).toContain("Verein Beispiel answers for your data");
    expect(await said("privacy history", alice)).toContain("new is: who answers for your data");
    // What Usher is, and the news: each is said for itself, in either order.
    await eventually(() => {
      const words = alice.seen.filter((event) => isFrom(event) && event.stateKey === undefined);
      expect(words).toHaveLength(2);
    });
    expect(news(alice)).toHaveLength(1);
    expect(news(bob)).toHaveLength(0);
  });

  it("R42 operators get their record of processing as a file", async () => {
    const from = olga.mark();
    await olga.say(office, "!usher admin article30");
    await olga.waitFor((event) => bodyOf(event).includes("is the record of processing"), { from });
    const event = await olga.waitFor(
      ({ roomId, content }) => roomId === office && content["msgtype"] === "m.file",
      { from },
    );
    const { bytes } = await readAttachment(olga, event);
    expect(bytes.toString()).toContain("- Run by: Verein Beispiel, Verein Nord");
    expect(bytes.toString()).toContain("### D7: Widget set-up");
    expect(await said("admin article30")).toContain("is for the people who run me");
  });
});
