import { describe, expect, it } from "vitest";
import type { EventId, RoomId } from "../../src/kernel/ids.ts";
import { WEBHOOK } from "../../src/kinds/connections/sorts.ts";
import { NOBODY } from "../../src/privacy/erased.ts";
import { ROOM, WHO } from "../harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../harness/connections/connectionWorld.ts";
import { HOOK } from "../harness/peers/hookshotThings.ts";

const { ann, bob, bot } = WHO;

const hook = (byApi: boolean): ConnectionWorld => new ConnectionWorld({ byApi, sort: "webhook" });

/** Whoever asked has one secret, and it works. */
function worksForAnn({ letters, peer }: ConnectionWorld): boolean {
  const [letter] = letters;
  return letters.length === 1 && letter?.person === ann && peer.delivered(letter.secret) === 202;
}

describe("a webhook of hookshot's", () => {
  const OTHERS = "!of-three:example.org" as RoomId;
  const LEFT = "!of-two-that-bob-made:example.org" as RoomId;
  const ALONE = "!of-two:example.org" as RoomId;
  const LETTER =
    `You have bridged the webhook "builds" in https://matrix.to/#/${ROOM} .\n` +
    "Please configure your webhook source to use\nhttps://hooks.example.org/x";

  it.each([
    ["the room's state, asked by its API", true, "state"],
    ["the room's state", false, "state"],
    ["what its bot says there", false, "room"],
  ] as const)("whose secret all can read in %s, is taken back whole", async (_, byApi, where) => {
    const world = hook(byApi);
    world.peer.leaks.add(where);
    await world.say("add");
    expect(world.told).toMatch(/^error\//);
    expect([world.letters, await world.stands()]).toEqual([[], "undone"]);
  });

  it("comes though its bot tells news with addresses meanwhile", async () => {
    const world = hook(false);
    world.peer.deaf.add("letter");
    world.rooms.homeserver.make(ALONE, { creator: bot, joined: [bot, WHO.usher] });
    await world.say("add");
    world.overhears(ROOM, bot, "New: https://news.example.org/1");
    world.overhears(ALONE, bot, LETTER);
    await world.waitsInVain();
    expect([await world.stands(), world.letters.length]).toEqual(["set up", 1]);
  });

  it.each(["twice", "other room first"] as const)(
    "whose secret comes %s, is told with what works",
    async (how) => {
      const world = hook(false);
      world.peer.strange.add(how);
      await world.say("add");
      expect([worksForAnn(world), await world.stands()]).toEqual([true, "set up"]);
    },
  );

  it("whose secret does not come, is taken back whole when the time is over", async () => {
    const world = hook(false);
    world.peer.deaf.add("letter");
    await world.say("add");
    expect(world.told).toBe("waiting");
    await world.waitsInVain();
    expect([world.letters, await world.stands()]).toEqual([[], "undone"]);
    expect(world.told).toMatch(/^error\//);
  });

  it.each([
    ["an impostor", ALONE, bob, "undone"],
    ["its bot, where others read along", OTHERS, bot, "undone"],
    ["its bot, in the very room", ROOM, bot, "undone"],
    ["its bot, in a room that somebody else has made and left", LEFT, bot, "undone"],
    ["its bot alone", ALONE, bot, "set up"],
  ] as const)("whose secret comes from %s: it is %s", async (_, room, sender, ends) => {
    const world = hook(false);
    world.peer.deaf.add("letter");
    const { homeserver } = world.rooms;
    homeserver.make(OTHERS, { creator: bob, joined: [bob, bot, WHO.usher] });
    homeserver.make(LEFT, { creator: bob, joined: [bot, WHO.usher] });
    homeserver.make(ALONE, { creator: bot, joined: [bot, WHO.usher] });
    await world.say("add");
    expect([world.told, world.letters]).toEqual(["waiting", []]);
    world.overhears(room, sender, LETTER);
    await world.waitsInVain();
    expect(await world.stands()).toBe(ends);
    expect(world.letters).toHaveLength(ends === "set up" ? 1 : 0);
  });

  it("that hookshot goes on with, though somebody without its leave took it out, ends with the removal", async () => {
    const world = hook(true);
    await world.say("add");
    const [letter] = world.letters;
    world.rooms.put(ROOM, HOOK, "builds", {}, bob);
    await world.settled();
    expect(world.rooms.content(ROOM, HOOK, "undefined")).toEqual({ name: "builds" });
    expect(world.peer.delivered(letter?.secret ?? "")).toBe(202);
    await world.say("remove");
    expect(world.peer.delivered(letter?.secret ?? "")).toBe(404);
    expect(world.rooms.content(ROOM, HOOK, "undefined")).toEqual({});
    expect(await world.stands()).toBe("undone");
  });

  it("the same, where Usher can only write the room's state", async () => {
    const world = hook(false);
    await world.say("add");
    const [letter] = world.letters;
    world.rooms.put(ROOM, HOOK, "builds", {}, bob);
    await world.settled();
    await world.say("remove");
    expect(world.peer.delivered(letter?.secret ?? "")).toBe(404);
    expect(await world.stands()).toBe("undone");
  });

  it("of a name that it still goes on with is made anew, and what comes of that works", async () => {
    const world = hook(true);
    await world.say("add");
    world.rooms.put(ROOM, HOOK, "builds", {}, bob);
    await world.settled();
    await world.say("add");
    expect(world.letters.map(({ secret }) => world.peer.delivered(secret))).toEqual([404, 202]);
  });

  it("is handed out again to whoever may manage it, where its API is known, and else never", async () => {
    for (const byApi of [true, false]) {
      const world = hook(byApi);
      await world.say("add");
      const { connections } = world;
      const meant = { sort: WEBHOOK, key: "builds" };
      const secret = await connections.hookshot.secret(ROOM, meant);
      expect(secret?.reveal()).toBe(byApi ? world.letters[0]?.secret : undefined);
      expect(connections.tellsAgain).toBe(byApi);
    }
  });

  it("is told nobody who has been erased meanwhile", async () => {
    const world = hook(true);
    const { connections } = world;
    const cause = "$erased" as EventId;
    const target = { entry: "webhook", key: "builds", name: "builds" } as const;
    const by = { person: NOBODY, cause };
    await expect(connections.add(ROOM, target, by)).rejects.toMatchObject({
      code: "setup-undone",
    });
    expect([world.letters, await world.stands()]).toEqual([[], "undone"]);
  });
});
