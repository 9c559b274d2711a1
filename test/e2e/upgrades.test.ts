import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { path, type Content } from "../harness/clientApi.ts";
import { ask, bodyOf, membership, messageFrom, stateChange } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

const WIDGET = "im.vector.modular.widgets";
const LAYOUT = "io.element.widgets.layout";

/** From which to which. Encryption is the same in all of them, and tried in the first. */
const VERSIONS = [
  ["11", "12"],
  ["11", "11"],
  ["12", "12"],
] as const;

describe.each(TALKS)("a room that is replaced by another, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let mallory: Person;

  beforeAll(async () => {
    ({ world, alice, mallory } = await World.of(talk, ["alice", "mallory"]));
  });
  afterAll(() => world.end());

  /** A room with a widget of Usher's, pinned, and one of Alice's own. */
  async function furnished(
    version: string,
    usherPower = 50,
  ): Promise<{ room: string; id: string }> {
    const room = await world.room(alice, { version, usherPower, name: "Lounge" });
    const url = "https://pad.example.org/p/team";
    const added = await ask(alice, room, `!usher add widget ${url} name="Team pad" --yes`);
    expect(bodyOf(added)).toContain("Team pad");
    const id = (await alice.allState(room)).find(({ type }) => type === WIDGET)?.state_key ?? "";
    await alice.setState(
      room,
      WIDGET,
      { type: "m.custom", url: "https://other.example.org", name: "Alice's own", id: "own" },
      "own",
    );
    const own = { container: "top", index: 0 };
    await alice.setState(room, LAYOUT, {
      widgets: { [id]: { container: "top", index: 1, width: 50 }, own },
    });
    return { room, id };
  }

  /** Upgrades the room as clients do: the homeserver makes the new one and sends the tombstone, the client invites. */
  async function upgrade(room: string, version: string, invite = true): Promise<string> {
    const { replacement_room: next } = await alice.api.call<{ replacement_room: string }>(
      "POST",
      path`/rooms/${room}/upgrade`,
      {
        new_version: version,
      },
    );
    expect((await alice.state(next, "m.room.encryption")) !== undefined).toBe(talk.encrypted);
    if (invite) await alice.invite(next, world.usher.userId);
    return next;
  }

  function told(room: string, words: string): Promise<SeenEvent> {
    return alice.waitFor(
      (event) => messageFrom(world.usher.userId, room)(event) && bodyOf(event).includes(words),
      { what: words },
    );
  }

  async function placeOf(room: string, id: string): Promise<Content | undefined> {
    const { widgets } = ((await alice.state(room, LAYOUT)) ?? {}) as {
      widgets?: Record<string, Content>;
    };
    return widgets?.[id];
  }

  it.each(talk.encrypted ? VERSIONS.slice(0, 1) : VERSIONS)(
    "of version %s by one of %s: brings its widgets and their places once, and tells each; others' stay theirs",
    async (from, to) => {
      const { room, id } = await furnished(from);
      const next = await upgrade(room, to);
      const message = await told(next, "I have brought this here");
      expect(bodyOf(message)).toContain(id);
      expect(await alice.state(next, WIDGET, id)).toEqual(await alice.state(room, WIDGET, id));
      expect(await alice.state(next, WIDGET, "own")).toBeUndefined();
      expect(await placeOf(next, id)).toEqual({ container: "top", index: 1, width: 50 });
      expect(await placeOf(next, "own")).toBeUndefined();
      expect(bodyOf(await ask(alice, next, "!usher list"))).toContain(alice.userId);
      const sets = alice.seen.filter(stateChange(next, WIDGET, id)).length;
      await world.usher.restart();
      await ask(alice, next, "!usher status");
      expect(alice.seen.filter(stateChange(next, WIDGET, id))).toHaveLength(sets);
      const messages = alice.messagesFrom(world.usher.userId, next).map(bodyOf);
      expect(messages.filter((body) => body.includes("I have brought this here"))).toHaveLength(1);
      expect(messages[0]).toMatch(/^Hello/);
      // What was done for her in the old room can be taken back in the new one, and is not taken back in the old one with it.
      const content = await alice.state(room, WIDGET, id);
      expect(bodyOf(await ask(alice, next, "!usher undo --yes"))).toContain(
        "Taken back: I had added the widget",
      );
      expect(await alice.state(next, WIDGET, id)).toEqual({});
      expect(await alice.state(room, WIDGET, id)).toEqual(content);
    },
  );

  it("R39 what somebody objects to in the old room is not done for them in the new one", async () => {
    const { room } = await furnished("11");
    const direct = await world.direct(alice);
    const objected = await ask(alice, direct, `privacy object room ${room} It is noisy.`);
    expect(bodyOf(objected)).toMatch(/case `[0-9a-f]{16}`/);
    const next = await upgrade(room, "12");
    await told(next, "I have brought this here");
    const add = "!usher add widget https://pad.example.org/p/next --yes";
    expect(bodyOf(await ask(alice, next, add))).toContain("You objected to this");
  });

  it("brings the bots that Usher brought, once, and tells it", async () => {
    const bot = await BotPeer.begin(talk, "echo", "comes");
    try {
      const room = await world.room(alice, { version: "11" });
      await ask(alice, room, `!usher add bot ${bot.userId} --yes`);
      await alice.waitFor(membership(room, bot.userId, "join"));
      // Usher has seen it too when it answers what is asked after that.
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(bot.userId);
      const next = await upgrade(room, "12");
      await alice.waitFor(membership(next, bot.userId, "join"), {
        what: "the bot in the new room",
      });
      await told(next, bot.userId);
      expect(bodyOf(await ask(alice, next, "!usher list"))).toMatch(
        new RegExp(`${bot.userId}.*here`),
      );
      await world.usher.restart();
      await ask(alice, next, "!usher status");
      // The encrypting client shows the same state event twice where it comes as state and in the timeline.
      const invited = alice.seen.filter(membership(next, bot.userId, "invite"));
      expect(new Set(invited.map(({ eventId }) => eventId)).size).toBe(1);
    } finally {
      await bot.stop();
    }
  });

  it("while Usher was down: is followed at the next start", async () => {
    const { room, id } = await furnished("11");
    await world.usher.kill();
    const next = await upgrade(room, "12");
    await world.usher.start();
    await told(next, "I have brought this here");
    expect(await alice.state(next, WIDGET, id)).toEqual(await alice.state(room, WIDGET, id));
  });

  it("by a public one: is followed without an invitation", async () => {
    const { room, id } = await furnished("11");
    await alice.setState(room, "m.room.join_rules", { join_rule: "public" });
    const next = await upgrade(room, "12", false);
    await told(next, "I have brought this here");
    expect(await alice.state(next, WIDGET, id)).toBeDefined();
  });

  it("by one where it lacks the power: says which it needs, waits, and brings everything when it has it", async () => {
    const { room, id } = await furnished("11");
    // Asked for more there, from the very beginning.
    const levels = (await alice.state(room, "m.room.power_levels")) ?? {};
    const users = levels["users"] as Content;
    await alice.setState(room, "m.room.power_levels", {
      ...levels,
      users: { ...users, [world.usher.userId]: 0 },
    });
    const next = await upgrade(room, "12");
    expect(bodyOf(await told(next, "need power 50"))).toContain("Team pad");
    expect(await alice.state(next, WIDGET, id)).toBeUndefined();
    await world.usher.restart();
    await alice.setLevel(next, world.usher.userId, 50);
    await told(next, "I have brought this here");
    expect(await alice.state(next, WIDGET, id)).toBeDefined();
    const asked = alice
      .messagesFrom(world.usher.userId, next)
      .filter((event) => bodyOf(event).includes("need power"));
    expect(asked).toHaveLength(1);
  });

  /** Until Usher has answered here, it has dealt with all that was heard before. */
  async function settled(): Promise<void> {
    await ask(alice, await world.room(alice), "!usher status");
  }

  it("by one that does not point back, or where the sender has no power: is not followed", async () => {
    const { room } = await furnished("11");
    await world.bring(alice, room, mallory);
    await alice.setLevel(room, mallory.userId, 100);
    const readable = [
      { type: "m.room.history_visibility", content: { history_visibility: "world_readable" } },
    ];
    // Mallory's own, which claims nothing; somebody else's, which does not know her; a private one, which cannot be looked into.
    const unrelated = await mallory.createRoom({ preset: "public_chat", state: readable });
    const { room_id: alices } = await alice.api.call<{ room_id: string }>("POST", "/createRoom", {
      preset: "public_chat",
      initial_state: readable,
      creation_content: { predecessor: { room_id: room } },
    });
    const closed = await mallory.createRoom();
    for (const target of [unrelated, alices, closed]) {
      await mallory.setState(room, "m.room.tombstone", { body: "moved", replacement_room: target });
      await alice.waitFor(
        stateChange(
          room,
          "m.room.tombstone",
          "",
          (content) => content["replacement_room"] === target,
        ),
      );
      await settled();
    }
    const came = (event: SeenEvent): boolean =>
      [unrelated, alices, closed].some((target) =>
        membership(target, world.usher.userId, "join")(event),
      );
    expect([...alice.seen, ...mallory.seen].filter(came)).toEqual([]);
    // Invited into it all the same, it comes as into any room, and brings nothing along.
    await mallory.invite(unrelated, world.usher.userId);
    await world.greeted(mallory, unrelated);
    await settled();
    expect((await mallory.allState(unrelated)).filter(({ type }) => type === WIDGET)).toEqual([]);
    // And a true one still counts after that.
    const next = await upgrade(room, "12");
    await told(next, "I have brought this here");
  });

  it("by a public one that cannot be looked into and does not point back: is left again without a word", async () => {
    const { room } = await furnished("11");
    await world.bring(alice, room, mallory);
    await alice.setLevel(room, mallory.userId, 100);
    const target = await mallory.createRoom({ preset: "public_chat" });
    await mallory.setState(room, "m.room.tombstone", { body: "moved", replacement_room: target });
    await mallory.waitFor(membership(target, world.usher.userId, "leave"));
    await settled();
    expect(mallory.messagesFrom(world.usher.userId, target)).toEqual([]);
  });

  it("is carried by hand with `move from`, by somebody with power in both rooms only", async () => {
    const { room, id } = await furnished("11");
    await world.bring(alice, room, mallory);
    const next = await world.room(alice);
    const hers = await world.room(mallory);
    const refused = await ask(mallory, hers, `!usher move from ${room} --yes`);
    expect(bodyOf(refused)).toContain("You may not change");
    expect((await mallory.allState(hers)).filter(({ type }) => type === WIDGET)).toEqual([]);
    await world.bring(alice, next, mallory);
    expect(bodyOf(await ask(mallory, next, `!usher move from ${room} --yes`))).toContain(
      "You may not change",
    );
    await alice.setLevel(room, mallory.userId, 50);
    expect(bodyOf(await ask(mallory, next, `!usher move from ${room} --yes`))).toContain("50");
    expect(await alice.state(next, WIDGET, id)).toBeUndefined();

    const preview = await ask(alice, next, `!usher move from ${room}`);
    expect(bodyOf(preview)).toContain("Team pad");
    await alice.react(next, preview.eventId, "✅");
    await told(next, "I have brought this here");
    expect(await alice.state(next, WIDGET, id)).toEqual(await alice.state(room, WIDGET, id));
    expect(bodyOf(await ask(alice, next, `!usher move from ${room} --yes`))).toContain(
      "here already",
    );
    expect(bodyOf(await ask(alice, next, "!usher move from !nowhere:usher.test"))).toContain(
      "I know no room",
    );
  });
});
