import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountDocument } from "../../src/store/account.ts";
import { roomDocument } from "../../src/store/room.ts";
import {
  answerTo,
  ask,
  bodyOf,
  membership,
  messageFrom,
  WIDGET,
  widgetUrls,
} from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { member } from "../harness/rawEvents.ts";
import { said, ScriptedTalk } from "../harness/scriptedTalk.ts";
import { withDocuments } from "../harness/stored.ts";
import { TALKS, World } from "../harness/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function add(host: string): string {
  return `!usher add widget https://${host}.example.org/ --yes`;
}

/** An Usher that does not run and last heard the homeserver so long ago. */
async function away(ms: number, config: Record<string, unknown> = {}): Promise<ScriptedTalk> {
  const talk = await ScriptedTalk.prepare({ config });
  await withDocuments(talk.usher, (documents) =>
    documents.update(accountDocument, "self", (account) => ({
      ...account,
      syncToken: "s0",
      syncedAt: Date.now() - ms,
    })),
  );
  return talk;
}

describe("after an absence of up to five minutes", () => {
  it("runs each command that was said meanwhile, once, whatever time its homeserver claims", async () => {
    const talk = await away(4 * MINUTE);
    try {
      const room = talk.room();
      const commands = [-3 * MINUTE, -10 * HOUR, 10 * HOUR].map((off, index) =>
        talk.say(room, add(`said${String(index)}`), { origin_server_ts: Date.now() + off }),
      );
      await talk.usher.start();
      await talk.ask(room, "!usher status");
      await talk.usher.restart();
      await talk.ask(room, "!usher status");
      for (const command of commands)
        expect(talk.answersTo(command)).toEqual([expect.stringContaining("Added")]);
      expect(talk.widgets(room)).toEqual([
        "https://said0.example.org/",
        "https://said1.example.org/",
        "https://said2.example.org/",
      ]);
    } finally {
      await talk.end();
    }
  });

  it("does not run again what was answered before it, when the homeserver delivers it once more", async () => {
    const talk = await away(MINUTE);
    try {
      const room = talk.room();
      const command = said(add("once"));
      talk.hear({ [room]: { timeline: [command] } });
      await talk.usher.start();
      await talk.answer(command.event_id);
      await talk.ask(room, "!usher status");
      await talk.usher.kill();
      await talk.usher.start();
      const again = said("!usher status");
      talk.hear({ [room]: { timeline: [command, again] } });
      await talk.answer(again.event_id);
      expect(talk.answersTo(command.event_id)).toHaveLength(1);
      expect(
        talk.server.rooms.sent.filter(({ content }) =>
          JSON.stringify(content).includes("once.example.org"),
        ),
      ).toHaveLength(1);
    } finally {
      await talk.end();
    }
  });
});

describe("after a longer absence", () => {
  let talk: ScriptedTalk;
  let room: string;

  beforeAll(async () => {
    talk = await away(10 * MINUTE);
    room = talk.room();
  });
  afterAll(() => talk.end());

  it("does what was said in the last five minutes, and says of what is older that it was away", async () => {
    const ago = (ms: number): { origin_server_ts: number } => ({
      origin_server_ts: Date.now() - ms,
    });
    const timeline = [
      said(add("old"), ago(8 * MINUTE)),
      said("!usher add widget https://preview.example.org/", ago(8 * MINUTE)),
      said(add("ahead"), ago(-HOUR)),
      said(add("recent"), ago(2 * MINUTE)),
      said("!usher privacy", ago(8 * MINUTE)),
    ];
    talk.hear({ [room]: { timeline } });
    const [old = "", preview = "", ahead = "", recent = "", question = ""] = timeline.map(
      ({ event_id: id }) => id,
    );
    await talk.usher.start();
    await talk.answer(question);
    for (const command of [old, preview, ahead])
      expect(talk.answersTo(command)).toEqual([
        expect.stringContaining(
          "I was away when you asked for `add widget`, so I have not done it.",
        ),
      ]);
    expect(talk.answersTo(recent)).toEqual([expect.stringContaining("Added")]);
    expect(talk.answersTo(question)).toEqual([expect.stringContaining("All about it (version")]);
    expect(talk.widgets(room)).toEqual(["https://recent.example.org/"]);
  });

  it("does what is said again", async () => {
    expect(await talk.ask(room, add("old"))).toContain("Added");
  });

  it("silences nobody whose homeserver's clock is wrong, while it listens", async () => {
    for (const off of [-10 * HOUR, 10 * HOUR]) {
      const host = `clock${String(off)}`.replace("-", "minus");
      expect(await talk.ask(room, add(host), { origin_server_ts: Date.now() + off })).toContain(
        "Added",
      );
    }
  });

  it("counts the minutes that the configuration says", async () => {
    const patient = await away(10 * MINUTE, { limits: { staleCommandMinutes: 9 } });
    try {
      const command = patient.say(patient.room(), add("patient"), {
        origin_server_ts: Date.now() - 8 * MINUTE,
      });
      await patient.usher.start();
      expect((await patient.answer(command)).body).toContain("Added");
    } finally {
      await patient.end();
    }
  });
});

describe("without a place in the stream", () => {
  /** The homeserver gives all that it has; then something new is said. */
  async function startsAnew(talk: ScriptedTalk): Promise<void> {
    try {
      const room = talk.room();
      const history = [said(add("history")), said("!usher privacy"), said("yes")];
      talk.server.initial = { join: { [room]: { timeline: history } } };
      talk.server.rooms.take(room, history);
      await talk.usher.start();
      expect(await talk.ask(room, add("new"))).toContain("Added");
      for (const { event_id: id } of history) expect(talk.answersTo(id)).toEqual([]);
      expect(talk.widgets(room)).toEqual(["https://new.example.org/"]);
    } finally {
      await talk.end();
    }
  }

  it("a first sync executes nothing", async () => {
    await startsAnew(await ScriptedTalk.prepare());
  });

  it("a lost sync token executes nothing", async () => {
    const talk = await away(MINUTE);
    await withDocuments(talk.usher, (documents) =>
      documents.update(accountDocument, "self", ({ syncToken: _token, ...account }) => account),
    );
    await startsAnew(talk);
  });
});

describe("a room that Usher came back to", () => {
  it("does not have its history acted on, what was said right before the return included", async () => {
    const talk = await ScriptedTalk.begin();
    try {
      const room = talk.room();
      await talk.ask(room, "!usher status");
      const { me } = talk.server;
      const timeline = [
        said(add("before")),
        member(me, "join", { before: "invite" }),
        said(add("after")),
      ];
      talk.hear({ [room]: { timeline, limited: true, prevBatch: "page0" } });
      talk.server.rooms.history(room, [said(add("gap"))]);
      await talk.ask(room, "!usher list");
      expect(talk.widgets(room)).toEqual(["https://after.example.org/"]);
    } finally {
      await talk.end();
    }
  });
});

describe.each(TALKS)("on a real homeserver, %s", (_, talk) => {
  let world: World;
  let alice: Person;

  beforeAll(async () => {
    ({ world, alice } = await World.of(talk, ["alice"]));
  });
  afterAll(() => world.end());

  const widgets = (room: string): Promise<readonly unknown[]> => widgetUrls(alice, room);

  it("a preview shown before a restart can be confirmed after it, in words and by a reaction", async () => {
    const [words, reaction] = await Promise.all([world.room(alice), world.room(alice)]);
    await ask(alice, words, "!usher add widget https://words.example.org/");
    const preview = await ask(alice, reaction, "!usher add widget https://reaction.example.org/");
    await world.usher.restart();
    expect(bodyOf(await ask(alice, words, "yes"))).toContain("Added");
    await alice.react(reaction, preview.eventId, "✅");
    await alice.waitFor((event) => event.roomId === reaction && event.type === WIDGET);
    expect(await widgets(words)).toEqual(["https://words.example.org/"]);
    expect(await widgets(reaction)).toEqual(["https://reaction.example.org/"]);
  });

  it("a yes said while Usher was away counts", async () => {
    const room = await world.room(alice);
    await ask(alice, room, "!usher add widget https://away.example.org/");
    await world.usher.stop({ keep: true });
    const yes = await alice.say(room, "yes");
    await world.usher.start();
    expect(bodyOf(await alice.waitFor(answerTo(yes)))).toContain("Added");
  });

  it("a preview whose time is over cannot be confirmed", async () => {
    const [words, reaction] = await Promise.all([world.room(alice), world.room(alice)]);
    await ask(alice, words, "!usher add widget https://late.example.org/");
    const preview = await ask(alice, reaction, "!usher add widget https://late.example.org/");
    await world.usher.stop({ keep: true });
    await withDocuments(world.usher, async (documents) => {
      for (const room of [words, reaction]) {
        const { pending } = await documents.update(roomDocument, room, (document) => ({
          ...document,
          pending: document.pending.map((one) => ({ ...one, expiresAt: Date.now() - 1 })),
        }));
        expect(pending).toHaveLength(1);
      }
    });
    await world.usher.start();
    await alice.react(reaction, preview.eventId, "✅");
    // Which of the two depends on whether it has been tidied away by now.
    expect(bodyOf(await ask(alice, words, "!usher yes"))).toMatch(
      /came after the time|Nothing here waits/,
    );
    await ask(alice, reaction, "!usher status");
    for (const room of [words, reaction]) expect(await widgets(room)).toEqual([]);
  });

  it("more events than one answer holds hide no command", async () => {
    const room = await world.room(alice);
    await world.bring(alice, room, await world.person("bob"));
    await world.usher.stop({ keep: true });
    const first = await alice.say(room, add("first"));
    for (let count = 0; count < 45; count += 1) await alice.say(room, `chatter ${String(count)}`);
    const middle = await alice.say(room, add("middle"));
    for (let count = 0; count < 45; count += 1)
      await alice.say(room, `more chatter ${String(count)}`);
    const last = await alice.say(room, add("last"));
    await world.usher.start();
    for (const command of [first, middle, last])
      expect(bodyOf(await alice.waitFor(answerTo(command)))).toContain("Added");
    expect(new Set(await widgets(room))).toEqual(
      new Set(["first", "middle", "last"].map((host) => `https://${host}.example.org/`)),
    );
  });

  it("what was said before a return that it slept through is not its business", async () => {
    const room = await world.room(alice);
    await world.usher.stop({ keep: true });
    const before = await alice.say(room, add("before"));
    await alice.kick(room, world.usher.userId);
    const without = await alice.say(room, add("without"));
    const from = alice.mark();
    await alice.invite(room, world.usher.userId);
    await world.usher.start();
    await alice.waitFor(membership(room, world.usher.userId, "join"), { from });
    await alice.waitFor(messageFrom(world.usher.userId, room), { from });
    await ask(alice, room, "!usher status");
    expect(
      alice.seen.filter((event) => answerTo(before)(event) || answerTo(without)(event)),
    ).toEqual([]);
    expect(await widgets(room)).toEqual([]);
  });
});
