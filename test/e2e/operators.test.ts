import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAudit } from "../../src/store/audit.ts";
import type { AuditEntry } from "../../src/store/auditEntry.ts";
import { ask, bodyOf, membership, messageFrom } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { inCopy } from "../harness/stored.ts";
import { TALKS, World } from "../harness/world.ts";

/** A widget of the operators' own, at a name that leads to this machine. */
const inside = {
  name: "Inside",
  description: "Ours",
  price: "free",
  host: { by: "operator" },
  type: "m.custom",
  url: "https://localhost/",
};

describe.each(TALKS)("operators, %s", (_, talk) => {
  let world: World;
  let olga: Person;
  let alice: Person;
  let office: string;
  /** Olga's direct chat with Usher. */
  let direct: string;

  beforeAll(async () => {
    ({ world, olga, office } = await World.withOffice(talk, {
      config: { widgets: { definitions: { inside } } },
    }));
    alice = await world.person("alice");
    direct = await world.direct(olga);
  });
  afterAll(() => world.end());

  /** All audit records. */
  const audit = (): Promise<readonly AuditEntry[]> =>
    inCopy(world.usher, (documents) => readAudit(documents, 0, Infinity));

  it("learn how Usher is, in their room and in a direct chat", async () => {
    expect(bodyOf(await ask(olga, office, "!usher admin status"))).toMatch(/Rooms I am in: \d+/);
    expect(bodyOf(await ask(olga, direct, "admin status"))).toMatch(/Rooms I am in: \d+/);
    expect(bodyOf(await ask(olga, direct, "admin rooms"))).toContain(`Office, \`${office}\``);
    expect((await audit()).filter(({ what }) => what === "admin rooms")).not.toEqual([]);
  });

  it("alone are answered: others, and operators elsewhere, get one plain sentence, and no record", async () => {
    const room = await world.room(alice);
    const before = (await audit()).length;
    const hers = await world.direct(alice);
    for (const line of ["status", "rooms", `leave ${office} --yes`, "crypto"]) {
      for (const [where, said] of [
        [room, `!usher admin ${line}`],
        [hers, `admin ${line}`],
      ] as const) {
        const answer = bodyOf(await ask(alice, where, said));
        expect(answer).toContain("is for the people who run me");
        expect(answer).not.toContain(office);
      }
    }
    await world.bring(alice, room, olga);
    expect(bodyOf(await ask(olga, room, "!usher admin status"))).toContain(
      "in the operators' room, or in a direct chat with me",
    );
    expect(await audit()).toHaveLength(before);
    expect(bodyOf(await ask(alice, room, "!usher help"))).not.toContain("admin");
  });

  it("have Usher leave a room after a preview: the room sees why, who added things is told, and all of it is on record", async () => {
    const room = await world.room(alice, { name: "Lounge" });
    // She has spoken with Usher in private before, so that is where she is told.
    await ask(alice, await world.direct(alice), "hello");
    await ask(
      alice,
      room,
      `!usher add widget https://pad.example.org/p/team name="Team pad" --yes`,
    );
    const preview = await ask(olga, office, `!usher admin leave ${room}`);
    expect(bodyOf(preview)).toContain("Lounge");
    expect(bodyOf(preview)).toContain("1 other is");
    const from = alice.mark();
    await olga.react(office, preview.eventId, "✅");
    await olga.waitFor(
      (event) =>
        messageFrom(world.usher.userId, office)(event) && bodyOf(event).includes("I have left"),
    );
    const left = await alice.waitFor(membership(room, world.usher.userId, "leave"), { from });
    expect(left.content["reason"]).toContain("people who run me asked me to leave");
    await alice.waitFor(
      (event) =>
        event.sender === world.usher.userId && bodyOf(event).includes("I have left Lounge"),
      { from },
    );
    const records = await audit();
    expect(records.filter(({ what }) => what === "admin leave")).toEqual([
      {
        at: expect.any(Number) as number,
        who: olga.userId,
        what: "admin leave",
        targets: [room],
        event: expect.stringMatching(/^\$/) as string,
        role: "operator",
        chain: expect.any(Object) as object,
      },
    ]);
    expect(bodyOf(await ask(olga, office, `!usher admin leave ${room}`))).toContain(
      "I know no room",
    );
    expect(bodyOf(await ask(olga, office, `!usher admin leave ${office}`))).toContain(
      "cannot leave the room in which you ask",
    );
  });

  it("R66 R78 are told of a case, see it alone, and answer it, which its person is told alone", async () => {
    // Whoever has no encryption can insist.
    const here = talk.encrypted ? "" : " here";
    const hers = await world.direct(alice);
    const from = olga.mark();
    const complaint = "privacy complain Nobody answers me.\nI asked in March.";
    const said = bodyOf(await ask(alice, hers, complaint));
    const id = /case `([0-9a-f]{16})`/.exec(said)?.[1] ?? "none";
    const inOffice = messageFrom(world.usher.userId, office);
    await olga.waitFor((event) => inOffice(event) && bodyOf(event).includes(id), { from });
    expect(bodyOf(await ask(olga, office, "!usher admin cases"))).toContain(id);
    expect(bodyOf(await ask(alice, hers, `admin case ${id}`))).toContain("for the people who");
    const shown = bodyOf(await ask(olga, direct, `admin case ${id}${here}`));
    expect(shown).toContain("Nobody answers me.\nI asked in March.");
    const replied = await ask(olga, office, `!usher admin case ${id} answer Mended.\nSorry.`);
    expect(bodyOf(replied)).toContain("I have told its person");
    expect(bodyOf(await ask(alice, hers, `privacy status${here}`))).toMatch(
      /answered on[^]*Sorry\./,
    );
    const answers = alice.seen.filter((event) => bodyOf(event).includes("written to you about"));
    expect(answers.map(({ roomId, encryption }) => [roomId, encryption])).toEqual([
      [hers, talk.encrypted ? "decrypted" : "none"],
    ]);
    await world.usher.restart();
    expect(bodyOf(await ask(olga, office, "!usher admin cases"))).toContain("No case is open");
    expect((await audit()).filter(({ targets }) => targets.includes(id))).toHaveLength(2);
    expect(bodyOf(await ask(olga, office, "!usher admin audit verify"))).toMatch(
      /The record is as it was written: \d+ entries since/,
    );
  });

  it("have faults looked for: what is wrong comes first, with how to mend it", async () => {
    const report = bodyOf(await ask(olga, office, "!usher admin doctor"));
    expect(report).toContain(`Access token: accepted, for ${world.usher.userId}`);
    expect(report).toMatch(/Homeserver: (?:Synapse [\d.]+, )?Matrix 1\.\d+/);
    expect(report).toContain("Clock: as the homeserver's");
    expect(report).toMatch(/Files: up to \d+ MiB/);
    expect(report).toContain("Data directory: writable");
    expect(report).toContain("Privacy notice: nobody is named who has checked it");
    // Nothing that listens on this machine is asked, whatever its name says.
    expect(report).toMatch(/localhost \(inside\): it leads into a private network[^]*privateHosts/);
    const room = await world.room(alice, { version: "11" });
    await ask(alice, room, `!usher add widget https://pad.example.org/p/team --yes`);
    await alice.setLevel(room, world.usher.userId, 0);
    expect(bodyOf(await ask(olga, office, "!usher admin doctor"))).toMatch(
      new RegExp(`Power: in 1 room[^]*${room}`),
    );
  });

  it("change the catalogue, at once and lastingly, and only to what an entry can be", async () => {
    const room = await world.room(alice);
    expect(bodyOf(await ask(alice, room, "!usher browse widget"))).toContain("spotify");
    expect(bodyOf(await ask(olga, office, "!usher admin catalogue disable spotify"))).toContain(
      "no longer offered",
    );
    expect(bodyOf(await ask(alice, room, "!usher browse widget"))).not.toContain("spotify");
    expect(bodyOf(await ask(olga, office, "!usher admin catalogue list"))).toMatch(
      /spotify.*disabled.*changed by command/,
    );

    const entry =
      '{"name": "Poll bot", "user": "@poll:usher.test", "description": "Counts votes", "price": "free", "host": {"by": "operator"}}';
    const preview = bodyOf(await ask(olga, office, `!usher admin catalogue add bot poll ${entry}`));
    expect(preview).toContain("I would offer `poll`");
    await ask(olga, office, "!usher yes");
    expect(bodyOf(await ask(alice, room, "!usher browse bot"))).toContain("Poll bot");
    expect(
      bodyOf(await ask(olga, office, '!usher admin catalogue change --yes poll {"user": "poll"}')),
    ).toContain("must be a Matrix ID");
    expect(
      bodyOf(await ask(olga, office, "!usher admin catalogue change --yes poll {user}")),
    ).toContain("JSON object");
    expect(
      bodyOf(await ask(olga, office, `!usher admin catalogue add --yes bot poll ${entry}`)),
    ).toContain("already");
    expect(
      bodyOf(await ask(olga, office, '!usher admin catalogue change --yes poll {"name": "Votes"}')),
    ).toContain("Done");
    await world.usher.restart();
    expect(bodyOf(await ask(alice, room, "!usher browse bot"))).toContain("Votes");
    expect(bodyOf(await ask(alice, room, "!usher browse widget"))).not.toContain("spotify");
    expect(bodyOf(await ask(olga, office, "!usher admin catalogue enable spotify"))).toContain(
      "is offered from now on",
    );
    expect(bodyOf(await ask(alice, room, "!usher browse widget"))).toContain("spotify");
    expect(
      (await audit()).flatMap(({ what, targets }) =>
        what.startsWith("admin catalogue c") ? targets : [],
      ),
    ).toEqual(["poll"]);
  });
});
