import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf } from "../harness/expect.ts";
import { beginBridges, type BridgeWorld } from "../harness/peers/bridgePeers.ts";
import type { Bridgev2 } from "../harness/peers/bridgev2.ts";
import { isMissing } from "../harness/peers/missing.ts";
import type { Person } from "../harness/person.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const MISSING = !GIVEN && (await isMissing("heisenbridge"));
const LINKED = "Successfully plumbed this room to `channel:1` on Telegram";

/** A bridge that does not do as it should. */
describe.skipIf(GIVEN || MISSING)("bridgev2, misbehaving", () => {
  let bridges: BridgeWorld;
  let alice: Person;
  let bob: Person;
  let standIn: Bridgev2;

  beforeAll(async () => {
    bridges = await beginBridges();
    ({ alice, bob, standIn } = bridges);
  });
  afterEach(() => {
    standIn.odd.clear();
    standIn.setsRelay = false;
  });
  afterAll(async () => {
    await bridges.end();
  });

  async function madeRoom(more: object = {}): Promise<string> {
    const room = await bridges.world.room(alice, { version: "11", usherPower: 100, ...more });
    await bridges.world.bring(alice, room, bob);
    return room;
  }
  const add = async (room: string, chat = "channel:1"): Promise<string> =>
    bodyOf(await ask(alice, room, `!usher add bridge telegram ${chat} --yes`));
  async function nothingLeft(room: string): Promise<void> {
    const member = await alice.state(room, "m.room.member", standIn.bot.userId);
    expect(["leave", undefined]).toContain(member?.["membership"]);
    const { events = {} } = (await alice.state(room, "m.room.power_levels")) ?? {};
    expect(events).not.toHaveProperty(["m.bridge"]);
    expect(standIn.linked(room)).toBeUndefined();
  }
  async function takenOut(room: string): Promise<void> {
    expect(bodyOf(await ask(alice, room, "!usher undo --yes"))).toContain("Taken back");
    await nothingLeft(room);
  }

  it.each([
    ["is silent", { is: "silent" }, "did not answer"],
    ["says what nobody knows", { is: "says", words: "Beep\nboop" }, "do not understand"],
    [
      "is too old",
      { is: "says", words: "Unknown command, use the `help` command for help." },
      "too old",
    ],
  ] as const)("that %s is told, and all is taken back", async (_, odd, said) => {
    const room = await madeRoom();
    standIn.odd.set("bridge", odd);
    expect(await add(room)).toContain(said);
    await nothingLeft(room);
  });

  it("is not believed to be linked by an impostor's word, nor by its own in another room", async () => {
    const room = await madeRoom();
    const impostor = await bridges.person("telegrambot");
    await alice.invite(room, impostor.userId);
    await impostor.join(room);
    standIn.odd.set("bridge", { is: "says", words: LINKED, by: impostor, in: room });
    expect(await add(room)).toContain("did not answer");
    await nothingLeft(room);
    standIn.odd.set("bridge", { is: "says", words: LINKED, in: room });
    expect(await add(room)).toContain("did not answer");
    await nothingLeft(room);
  });

  it("is not believed by its word alone", async () => {
    const room = await madeRoom();
    standIn.odd.set("bridge", { is: "says", words: LINKED });
    expect(await add(room)).not.toContain("Linked this room");
    await nothingLeft(room);
  });

  it("may answer twice", async () => {
    const room = await madeRoom();
    for (const order of ["bridge", "id", "set-relay"]) standIn.odd.set(order, { is: "twice" });
    expect(await add(room)).toContain("Linked this room");
    await takenOut(room);
  });

  it("that answers after the time-out has nothing left to link", async () => {
    const room = await madeRoom();
    const late = Promise.withResolvers<undefined>();
    standIn.odd.set("bridge", { is: "late", until: late.promise });
    expect(await add(room)).toContain("did not answer");
    late.resolve(undefined);
    await standIn.settled;
    await nothingLeft(room);
  });

  it("that refuses the relay is unlinked again", async () => {
    const room = await madeRoom();
    standIn.odd.set("set-relay", { is: "says", words: "This bridge does not allow relay mode" });
    expect(await add(room)).toContain("does not allow relay mode");
    await nothingLeft(room);
  });

  it("needs no order for a relay that it sets by itself", async () => {
    const room = await madeRoom();
    standIn.setsRelay = true;
    expect(await add(room)).toContain("Linked this room");
    expect(standIn.orders).not.toContain(`doin ${room} set-relay relay1`);
    await takenOut(room);
  });

  it("that does not know a chat, or has linked it elsewhere, is told with what to do", async () => {
    const [room, other] = [await madeRoom(), await madeRoom()];
    expect(await add(room, "channel:9")).toContain("does not know this chat");
    expect(await add(room)).toContain("Linked this room");
    expect(await add(other)).toContain("linked with another room");
    await nothingLeft(other);
    await takenOut(room);
  });

  it("that stays when it is unlinked is told, and goes when it heeds", async () => {
    const room = await madeRoom();
    const [, id = ""] = /id `?([a-z0-9-]+)/.exec(await add(room)) ?? [];
    standIn.odd.set("unbridge", { is: "silent" });
    expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("did not answer");
    expect(bodyOf(await ask(alice, room, "!usher list"))).toContain("channel:1");
    standIn.odd.clear();
    expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("Unlinked");
    await nothingLeft(room);
  });

  it("does not come with the power to put people out", async () => {
    const users = {
      [alice.userId]: 100,
      [bridges.world.usher.userId]: 100,
      [standIn.bot.userId]: 50,
    };
    const room = await madeRoom({ powerLevels: { users } });
    expect(await add(room)).toContain("put out everybody");
    await nothingLeft(room);
  });

  it("has what it changed of the room's name put back, where it may change that", async () => {
    const room = await madeRoom({
      name: "Ours",
      powerLevels: { events: { "m.room.name": 0, "m.room.topic": 0 } },
    });
    expect(await add(room)).toContain("Linked this room");
    await standIn.settled;
    expect(await alice.state(room, "m.room.name")).toEqual({ name: "Remote channel:1" });
    await takenOut(room);
    expect(await alice.state(room, "m.room.name")).toEqual({ name: "Ours" });
    expect(await alice.state(room, "m.room.topic")).toEqual({ topic: "" });
  });
});
