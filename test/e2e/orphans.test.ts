import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf, membership, messageFrom, WIDGET } from "../harness/expect.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { TALKS, World } from "../harness/world.ts";

describe.each(TALKS)("a room that Usher loses, %s", (_, talk) => {
  let world: World;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    // Without encryption of its own, Usher tells it unencrypted.
    const config = talk.encrypted ? {} : { crypto: { engine: "off" } };
    ({ world, alice, bob } = await World.of(talk, ["alice", "bob"], { config }));
  });
  afterAll(() => world.end());

  /** A room of Alice's in which Bob had Usher add something. */
  async function furnished(name: string): Promise<string> {
    const room = await world.room(alice, { name });
    await world.bring(alice, room, bob);
    await alice.setLevel(room, bob.userId, 50);
    await ask(bob, room, `!usher add widget https://pad.example.org/p/team name="Team pad" --yes`);
    return room;
  }

  /** Bob's private room with Usher, when he has come in. */
  async function told(words: string, from: number): Promise<SeenEvent> {
    const usher = world.usher.userId;
    const isInvite = (event: SeenEvent): boolean =>
      event.sender === usher && membership(event.roomId, bob.userId, "invite")(event);
    const says = (event: SeenEvent): boolean =>
      messageFrom(usher, event.roomId)(event) && bodyOf(event).includes(words);
    const first = await bob.waitFor((event) => isInvite(event) || says(event), {
      from,
      what: `an invitation or "${words}"`,
    });
    if (isInvite(first)) await bob.join(first.roomId);
    const message = await bob.waitFor(says, { from, what: words });
    expect(message.encryption).toBe(talk.encrypted ? "decrypted" : "none");
    const algorithm = (await bob.state(message.roomId, "m.room.encryption"))?.["algorithm"];
    expect(algorithm).toBe(talk.encrypted ? "m.megolm.v1.aes-sha2" : undefined);
    return message;
  }

  it.each([
    ["kicked", "I was removed from Kicked"],
    // What a room is called is not told to whom it bans.
    ["banned", "I was banned from"],
  ] as const)(
    "%s: whoever had added something there is told once, in private, and nobody else",
    async (how, words) => {
      const room = await furnished(how === "kicked" ? "Kicked" : "Banned");
      const from = bob.mark();
      await (how === "kicked"
        ? alice.kick(room, world.usher.userId)
        : alice.ban(room, world.usher.userId));
      const message = await told(words, from);
      expect(bodyOf(message)).toContain("Team pad");
      expect(message.roomId).not.toBe(room);
      const { joined } = await bob.api.call<{ joined: Record<string, unknown> }>(
        "GET",
        `/rooms/${encodeURIComponent(message.roomId)}/joined_members`,
      );
      expect(Object.keys(joined).toSorted()).toEqual([bob.userId, world.usher.userId].toSorted());
      await world.usher.restart();
      await ask(alice, await world.room(alice), "!usher status");
      expect(
        bob.messagesFrom(world.usher.userId).filter((event) => bodyOf(event).includes(words)),
      ).toHaveLength(1);
      expect(
        alice.messagesFrom(world.usher.userId).filter((event) => bodyOf(event).includes(words)),
      ).toEqual([]);
    },
  );

  it("kicked while it was down: is told at the next start; invited again, it begins anew", async () => {
    const room = await furnished("Meanwhile");
    const from = bob.mark();
    await world.usher.kill();
    await alice.kick(room, world.usher.userId);
    await world.usher.start();
    await told("I was removed from Meanwhile", from);
    const again = alice.mark();
    await alice.invite(room, world.usher.userId);
    await world.greeted(alice, room, again);
    // The widget is the room's now; that Bob had asked for it is forgotten.
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(bob.userId);
  });

  /** Everything Usher has said to Bob about removals in this room. */
  function toldOfRemovals(room: string): readonly SeenEvent[] {
    const about = (event: SeenEvent): boolean =>
      bodyOf(event).includes("Others have removed all") && bodyOf(event).includes(room);
    return bob.messagesFrom(world.usher.userId).filter(about);
  }

  async function idsIn(room: string): Promise<string[]> {
    const widgets = (await alice.allState(room)).filter(
      ({ type, content }) => type === WIDGET && content["url"] !== undefined,
    );
    return widgets.map(({ state_key }) => state_key);
  }

  it("is not lost, but all that Usher had added there for somebody is taken out by others: they are told once, when the last is gone", async () => {
    const room = await furnished("Bare");
    await ask(bob, room, `!usher add widget https://second.example.org/ name="Second" --yes`);
    const from = bob.mark();
    const [first = "", second = ""] = await idsIn(room);
    await alice.setState(room, WIDGET, {}, first);
    // It was dealt with when Usher answers what is said after it.
    expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("somebody has removed");
    expect(toldOfRemovals(room)).toEqual([]);
    await alice.setState(room, WIDGET, {}, second);
    const message = await told("Others have removed all", from);
    for (const said of ["Team pad", "Second", "Bare"]) expect(bodyOf(message)).toContain(said);
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain("somebody has removed");
    await world.usher.restart();
    await ask(alice, room, "!usher status");
    expect(toldOfRemovals(room)).toHaveLength(1);
    expect(
      alice
        .messagesFrom(world.usher.userId)
        .filter((event) => bodyOf(event).includes("Others have removed")),
    ).toEqual([]);
  });

  it("is not lost, and who takes out their own things is not told", async () => {
    const room = await furnished("Tidy");
    const [id = ""] = await idsIn(room);
    await bob.setState(room, WIDGET, {}, id);
    expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("somebody has removed");
    expect(toldOfRemovals(room)).toEqual([]);
  });

  it("is not lost, and all was taken out while Usher was down: told at the next start, once", async () => {
    const room = await furnished("Night");
    const [id = ""] = await idsIn(room);
    const from = bob.mark();
    await world.usher.kill();
    await alice.setState(room, WIDGET, {}, id);
    await world.usher.start();
    expect(bodyOf(await told("Others have removed all", from))).toContain("Night");
    await ask(alice, room, "!usher status");
    expect(toldOfRemovals(room)).toHaveLength(1);
  });
});
