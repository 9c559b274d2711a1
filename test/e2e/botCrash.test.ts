import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, finalAnswerTo, membership } from "../harness/expect.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const LEVELS = "m.room.power_levels";

describe.each(TALKS)("bots, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let bot: BotPeer;

  beforeAll(async () => {
    bot = await BotPeer.begin(talk, "crash", "comes");
    const entry = {
      id: "echo",
      name: "Echo",
      user: bot.userId,
      description: "For a test",
      price: "free",
      host: { by: "operator" },
    };
    const catalogue = [
      { ...entry, level: 50, firstWords: "!echo hello", leaveWords: "!echo leave" },
    ];
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], {
      config: { bots: { catalogue } },
    }));
  });
  afterAll(async () => {
    await world.end();
    await bot.stop();
  });

  /** What Usher did in a room from a place on: its state events and what it said to the bot, in words. */
  function deeds(room: string, from: number): string[] {
    // The encrypting client shows the same state event twice where it comes as state and in the timeline.
    const events = new Map(alice.seen.slice(from).map((event) => [event.eventId, event]));
    return [...events.values()].flatMap(({ roomId, sender, type, content }) => {
      if (roomId !== room || sender !== world.usher.userId) return [];
      if (type === "m.room.member") return [String(content["membership"])];
      if (type === LEVELS) return ["levels"];
      return content["msgtype"] === "m.text" ? [bodyOf({ content } as SeenEvent)] : [];
    });
  }

  async function levelsIn(room: string): Promise<Record<string, unknown>> {
    return ((await alice.state(room, LEVELS))?.["users"] ?? {}) as Record<string, unknown>;
  }

  /** Kills Usher as soon as this is seen, and starts it again. */
  async function killAt(what: string, predicate: Predicate, from: number): Promise<void> {
    await alice.waitFor(predicate, { from, what });
    await world.usher.kill();
    await world.usher.start();
  }

  /** The final words of Usher on a command: its answer, or what that was edited into. */
  function outcome(asked: string, from: number): Promise<SeenEvent> {
    return alice.waitFor(finalAnswerTo(asked, alice), { from, what: "the final answer" });
  }

  describe.each(versionsOf(talk))("killed in the middle, in a room of version %s", (version) => {
    const byUsher =
      (room: string, fits: Predicate): Predicate =>
      (event) =>
        event.roomId === room && event.sender === world.usher.userId && fits(event);

    it.each<[string, (room: string) => Predicate]>([
      ["when it has invited the bot", (room) => membership(room, bot.userId, "invite")],
      ["when the bot has come", (room) => membership(room, bot.userId, "join")],
      ["when it has given the power", (room) => byUsher(room, ({ type }) => type === LEVELS)],
      [
        "when it has said the first words",
        (room) => byUsher(room, (event) => bodyOf(event) === "!echo hello"),
      ],
    ])("an adding goes on %s, and nothing is done twice", async (what, moment) => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      const from = alice.mark();
      const asked = await alice.say(room, "!usher add bot echo --yes");
      await killAt(what, moment(room), from);
      expect(bodyOf(await outcome(asked, from))).toContain("is in the room now");
      await alice.waitFor((event) => event.roomId === room && bodyOf(event) === "echo: hello", {
        from,
      });
      expect(deeds(room, from)).toEqual(["invite", "levels", "!echo hello"]);
      expect((await levelsIn(room))[bot.userId]).toBe(50);
    });

    it("a removal goes on when the bot has been asked to leave, and nothing is done twice", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      await ask(alice, room, "!usher add bot echo --yes");
      await alice.waitFor((event) => event.roomId === room && bodyOf(event) === "echo: hello");
      const later = alice.mark();
      const removing = await alice.say(room, "!usher remove echo --yes");
      await killAt(
        "the bot is asked to leave",
        byUsher(room, (event) => bodyOf(event) === "!echo leave"),
        later,
      );
      expect(bodyOf(await outcome(removing, later))).toMatch(/is out of this room|gone already/);
      expect((await alice.state(room, "m.room.member", bot.userId))?.["membership"]).toBe("leave");
      expect(deeds(room, later)).toEqual(["!echo leave", "levels"]);
      expect((await levelsIn(room))[bot.userId]).toBeUndefined();
    });
  });
});
