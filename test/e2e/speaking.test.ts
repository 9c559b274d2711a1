import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerTo, ask, bodyOf, repliesTo } from "../harness/expect.ts";
import type { Content } from "../harness/clientApi.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person, SayOptions } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

function relation(event: SeenEvent): Content {
  return (event.content["m.relates_to"] ?? {}) as Content;
}

describe.each(TALKS)("how Usher is spoken to, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  /** A room of three, where Usher must be addressed. */
  let room: string;

  beforeAll(async () => {
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"]));
    room = await world.room(alice, { version: "11" });
    await world.bring(alice, room, bob);
  });
  afterAll(() => world.end());

  /** Says each of these, then something Usher answers, and returns what Usher answered to the former. */
  async function answersTo(
    ...said: readonly (() => Promise<string>)[]
  ): Promise<readonly SeenEvent[]> {
    const from = alice.mark();
    const ids: string[] = [];
    for (const say of said) ids.push(await say());
    await ask(alice, room, "!usher status");
    return alice.seen
      .slice(from)
      .filter(
        (event) => event.sender === world.usher.userId && ids.includes(repliesTo(event) ?? ""),
      );
  }

  const ways: readonly (readonly [string, () => readonly [string, SayOptions?]])[] = [
    ["the prefix !usher", () => ["!usher privacy"]],
    ["the prefix !im, in any case", () => ["!IM privacy"]],
    ["its Matrix ID", () => [`${world.usher.userId} privacy`]],
    ["its Matrix ID and a colon", () => [`${world.usher.userId}: privacy`]],
    ["its display name and a colon", () => ["Usher: privacy"]],
    ["its display name before a command", () => ["usher privacy"]],
    [
      "a pill",
      () => [
        "Usher privacy",
        {
          html: `<a href="https://matrix.to/#/${world.usher.userId}">Usher</a> privacy`,
          mentions: [world.usher.userId],
        },
      ],
    ],
    ["a mention", () => ["Usher, privacy", { mentions: [world.usher.userId] }]],
    [
      "the prefix, with the quotation of an old client's reply before it",
      () => [`> <@x:example.org> hello\n> there\n\n!usher privacy`],
    ],
  ];

  it.each(ways)("answers to %s", async (__, said) => {
    const [body, options] = said();
    const answer = await ask(alice, room, body, options);
    expect(bodyOf(answer)).toContain("All about it (version 1");
    expect(answer.content["msgtype"]).toBe("m.notice");
  });

  it("answers nobody who does not speak to it", async () => {
    const silent = await answersTo(
      () => alice.say(room, "privacy"),
      () => alice.say(room, "!usherette privacy"),
      () => alice.say(room, "the usher said privacy"),
      () => alice.say(room, "I asked Usher privacy", { mentions: [world.usher.userId] }),
      () => alice.say(room, "Ushers are people: privacy"),
      () => alice.say(room, "!usher privacy", { msgtype: "m.notice" }),
      () => alice.say(room, "!usher privacy", { msgtype: "m.emote" }),
      async () => alice.edit(room, await alice.say(room, "hello"), "!usher privacy"),
      () => alice.say(room, "yes"),
    );
    expect(silent).toEqual([]);
  });

  it("does not act on what was taken back before it was heard, or on itself", async () => {
    await world.usher.stop({ keep: true });
    const redacted = await alice.say(room, "!usher privacy");
    await alice.redact(room, redacted);
    await world.usher.start();
    expect(await answersTo(() => Promise.resolve(redacted))).toEqual([]);
  });

  it("needs no address in a room of two, and takes one", async () => {
    const two = await world.room(alice);
    expect(bodyOf(await ask(alice, two, "privacy"))).toContain("All about it (version 1");
    expect(bodyOf(await ask(alice, two, "!usher privacy"))).toContain("All about it (version 1");
    await world.bring(alice, two, bob);
    const from = alice.mark();
    const unaddressed = await alice.say(two, "privacy");
    await ask(alice, two, "!usher status");
    expect(alice.seen.slice(from).filter(answerTo(unaddressed))).toEqual([]);
  });

  it("answers as a reply without a quotation, and in a thread if it was asked in one", async () => {
    const plain = await ask(alice, room, "!usher privacy");
    expect(relation(plain)).not.toHaveProperty("rel_type");
    expect(bodyOf(plain)).not.toMatch(/^>/);
    expect(String(plain.content["formatted_body"])).not.toContain("mx-reply");
    const root = await alice.say(room, "a topic");
    const threaded = await ask(alice, room, "!usher privacy", { thread: root });
    expect(relation(threaded)).toMatchObject({ rel_type: "m.thread", event_id: root });
    await ask(alice, room, "!usher add widget https://thread.example.org/", { thread: root });
    // A yes elsewhere is not said to this preview.
    expect(bodyOf(await ask(alice, room, "!usher yes"))).toContain("Nothing here waits");
    expect(bodyOf(await ask(alice, room, "yes", { thread: root }))).toContain("Added");
  });

  it("understands quotes, key=value, flags and links, and marks what it does not understand", async () => {
    await ask(
      alice,
      room,
      "!usher add widget name=“Two words” <https://quoted.example.org/> --yes",
    );
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("Two words");
    expect(
      bodyOf(await ask(alice, room, '!usher add widget "https://open.example.org/')),
    ).toContain("^");
    expect(bodyOf(await ask(alice, room, "!usher add widget"))).toContain(
      "!usher add widget <entry or url>",
    );
    expect(bodyOf(await ask(alice, room, "!usher status now"))).toContain("status now\n       ^^^");
    const unknown = bodyOf(await ask(alice, room, "!usher add widget jitsi domian=x.example"));
    expect(unknown).toContain("Did you mean `!usher add widget jitsi domain=x.example`?");
    expect(unknown).toContain(
      "add widget jitsi domian=x.example\n                 ^^^^^^^^^^^^^^^^",
    );
    expect(bodyOf(await ask(alice, room, "!usher remove pad --force"))).toContain("--force");
  });

  it("says the nearest command, in one line, where it knows none", async () => {
    const answer = bodyOf(await ask(alice, room, "!usher lisst"));
    expect(answer).toBe("I know no command `lisst`. Did you mean `!usher list`?");
  });

  it("helps in twelve lines at most, with what this person may do here, and in full for one command", async () => {
    const admins = bodyOf(await ask(alice, room, "!usher help"));
    expect(admins.split("\n").length).toBeLessThanOrEqual(12);
    expect(admins).toMatch(/!usher add widget.*bot/);
    expect(bodyOf(await ask(alice, room, "!usher help add"))).toContain(
      "!usher add widget <entry or url>",
    );
    const members = bodyOf(await ask(bob, room, "!im help"));
    expect(members).not.toContain("widget");
    expect(members).toContain("!im list");
    const one = bodyOf(await ask(bob, room, "!usher help add widget"));
    expect(one).toMatch(/add widget <entry or url>[^]*power 50[^]*example/i);
    expect(bodyOf(await ask(bob, room, "!usher help lisst"))).toContain("list");
  });

  it("answers commands of one room in the order in which they were said", async () => {
    const ids: string[] = [];
    for (const line of ["help", "status", "privacy", "list", "help list", "status"])
      ids.push(await alice.say(room, `!usher ${line}`));
    await alice.waitFor(answerTo(ids.at(-1) ?? ""));
    const answered = alice
      .messagesFrom(world.usher.userId, room)
      .map((event) => repliesTo(event) ?? "");
    expect(answered.filter((id) => ids.includes(id))).toEqual(ids);
  });

  it("takes a credential that is typed to it away, and says what to do; one that is not typed to it is people's own", async () => {
    const token = `syt_YWxpY2U_${"aBcDeFgHiJ".repeat(2)}_0aB9zZ`;
    const ids: string[] = [];
    const from = alice.mark();
    for (const said of [`my token is ${token}`, `!usher set token ${token}`])
      ids.push(await bob.say(room, said));
    const taken = await alice.waitFor(
      ({ type, sender }) => type === "m.room.redaction" && sender === world.usher.userId,
      { from, what: "the message being taken away" },
    );
    expect(taken.content["redacts"]).toBe(ids[1]);
    const answers = alice.seen.slice(from).filter((event) => ids.includes(repliesTo(event) ?? ""));
    expect(answers.map((event) => [repliesTo(event), bodyOf(event)])).toEqual([
      [ids[1], expect.stringContaining("sign out of the session that it belongs to")],
    ]);
  });

  it("falls silent after one sentence towards a sender that floods it, and hears others meanwhile", async () => {
    const flooded = await world.room(alice);
    await world.bring(alice, flooded, bob);
    const ids: string[] = [];
    for (let count = 0; count < 35; count += 1) ids.push(await bob.say(flooded, "!usher privacy"));
    await ask(alice, flooded, "!usher status");
    const answers = alice
      .messagesFrom(world.usher.userId, flooded)
      .filter((event) => ids.includes(repliesTo(event) ?? ""));
    expect(answers).toHaveLength(31);
    expect(bodyOf(answers.at(-1) as SeenEvent)).not.toContain("All about it (version 1");
  });
});

describe("the operator's words for yes and no", () => {
  it("answer a preview, to Usher or just so, as its own do", async () => {
    const world = await World.begin(
      { encrypted: false },
      { config: { confirmation: { yes: ["ja", "oui"], no: ["nein"] } } },
    );
    try {
      const alice = await world.person("alice");
      const room = await world.room(alice);
      await world.bring(alice, room, await world.person("bob"));
      for (const [page, answer, outcome] of [
        ["a", "nein", "changed nothing"],
        ["b", "Ja!", "Added"],
        ["c", "!usher oui", "Added"],
        ["d", "no", "changed nothing"],
        ["e", "yes", "Added"],
      ]) {
        await ask(alice, room, `!usher add widget https://${String(page)}.example.org/`);
        expect(bodyOf(await ask(alice, room, String(answer)))).toContain(outcome);
      }
      expect(bodyOf(await ask(alice, room, "!usher ja"))).toContain("Nothing here waits");
    } finally {
      await world.end();
    }
  });
});
