import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { ask, bodyOf, membership } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, versionsOf, World } from "../harness/world.ts";

const LEVELS = "m.room.power_levels";

describe.each(TALKS)("undo of what was done to a bot, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;
  let bot: BotPeer;

  beforeAll(async () => {
    bot = await BotPeer.begin(talk, "undone", "comes");
    const entry = {
      id: "echo",
      name: "Echo",
      user: bot.userId,
      description: "For a test",
      price: "free",
      host: { by: "operator" },
    };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], {
      config: { bots: { catalogue: [{ ...entry, level: 50 }] } },
    }));
  });
  afterAll(async () => {
    await world.end();
    await bot.stop();
  });

  describe.each(versionsOf(talk))("in a room of version %s", (version) => {
    async function outcome(person: Person, room: string, line: string): Promise<string> {
      return bodyOf(await ask(person, room, line));
    }
    async function levelIn(room: string): Promise<unknown> {
      return (
        (await alice.state(room, LEVELS))?.["users"] as Record<string, unknown> | undefined
      )?.[bot.userId];
    }
    async function membershipIn(room: string): Promise<unknown> {
      return (await alice.state(room, "m.room.member", bot.userId))?.["membership"];
    }

    it("goes back step by step: its power, its going, its coming", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      expect(await outcome(alice, room, "!usher add bot echo --yes")).toContain(
        "is in the room now",
      );
      await outcome(alice, room, "!usher set echo level=30 --yes");
      await outcome(alice, room, "!usher undo --yes");
      expect(await levelIn(room)).toBe(50);
      await outcome(alice, room, "!usher remove echo --yes");
      expect(await levelIn(room)).toBeUndefined();

      const from = alice.mark();
      expect(await outcome(alice, room, "!usher undo")).toMatch(
        /removed the bot Echo[^]*invite it again/,
      );
      expect(await membershipIn(room)).toBe("leave");
      expect(await outcome(alice, room, "yes")).toMatch(
        /Taken back: I had removed the bot Echo[^]*It is in the room again/,
      );
      const invitations = alice.seen.slice(from).filter(membership(room, bot.userId, "invite"));
      // A client may be handed the same event twice.
      expect(new Set(invitations.map(({ eventId }) => eventId)).size).toBe(1);
      expect([await membershipIn(room), await levelIn(room)]).toEqual(["join", 50]);

      expect(await outcome(alice, room, "!usher undo")).toMatch(
        /invited the bot Echo[^]*have to leave/,
      );
      expect(await outcome(alice, room, "yes")).toContain("Taken back: I had invited the bot Echo");
      expect([await membershipIn(room), await levelIn(room)]).toEqual(["leave", undefined]);
      expect(await outcome(alice, room, "!usher undo")).toContain("nothing to take back");
    });

    it("is refused to who could not do it by hand, and where somebody has changed it since", async () => {
      const room = await world.room(alice, { version, usherPower: 100 });
      await world.bring(alice, room, bob);
      await outcome(alice, room, "!usher add bot echo --yes");
      expect(bodyOf(await ask(bob, room, "!usher undo --yes"))).toMatch(
        /you need power 51; you have 0/,
      );
      await alice.setLevel(room, bot.userId, 60);
      expect(await outcome(alice, room, "!usher undo --yes")).toContain(
        "somebody has changed Echo",
      );
      expect([await membershipIn(room), await levelIn(room)]).toEqual(["join", 60]);
      await alice.kick(room, bot.userId);
      expect(await outcome(alice, room, "!usher undo --yes")).toContain("nothing to take back");
    });
  });
});
