import { beforeEach, describe, expect, it } from "vitest";
import { ID, ROOM, SetUpWorld } from "../../test/harness/setUpWorld.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import { roomDocument, type SetUp } from "../store/room.ts";
import { setUpUpgradeHandler } from "./setUpUpgrade.ts";

const NEW = "!new:x" as RoomId;

describe("what is half done where its room is replaced", () => {
  let world: SetUpWorld;
  let told: string[];
  let cause: EventId;
  beforeEach(async () => {
    world = new SetUpWorld();
    told = [];
    cause = await world.say("add");
  });

  const say: OwedWords["say"] = (room, { template }, once) => {
    told.push(`${room} ${template} ${once.cause}`);
    return Promise.resolve();
  };
  const carry = async (): Promise<void> => {
    const { documents, clock, setUps } = world;
    const handler = setUpUpgradeHandler({ documents, clock, setUps, owed: { say } });
    await world.does(async () => {
      await handler.carry(ROOM, NEW);
    });
  };
  const inNew = async (): Promise<readonly SetUp[] | undefined> =>
    (await world.documents.get(roomDocument, NEW))?.setUps;

  it("stands as stopped in the new room, is told there, and is taken back in the old one", async () => {
    await carry();
    expect(await inNew()).toMatchObject([
      { id: ID, state: "stopped", step: "first", failure: { code: "setup-room-replaced" } },
    ]);
    expect(told).toEqual([`${NEW} setup/room-replaced ${cause}`]);
    expect([...world.effects]).toEqual([]);
    expect(await world.record()).toBeUndefined();
  });

  it("is left where it is when somebody has had it removed and that failed", async () => {
    world.faults = [{ is: "fails back", step: "first" }];
    await world.say("remove");
    const stayed = await world.record();
    expect(stayed?.state).toBe("stopped");
    await carry();
    expect(await inNew()).toBeUndefined();
    expect(told).toEqual([]);
    expect(await world.record()).toEqual(stayed);
    world.faults = [];
    await world.does(() => Promise.resolve(world.setUps.takeBack(ROOM, cause)));
    expect(await world.record()).toEqual(stayed);
  });

  it("gives way to the same that was begun in the new room", async () => {
    const other = { ...((await world.record()) as SetUp), cause: "$other" as EventId };
    await world.documents.update(roomDocument, NEW, (room) => ({ ...room, setUps: [other] }));
    await carry();
    expect(await inNew()).toEqual([other]);
    expect(told).toEqual([]);
    expect(await world.record()).toBeUndefined();
  });
});

it("a command that waits for what is taken back meanwhile learns that it is gone", async () => {
  const world = new SetUpWorld();
  const order = { cause: "$add" as EventId, person: "@ann:x" as never, at: 0 };
  const waiting = world.setUps.run(ROOM, {
    ...order,
    deed: "set-up-thing",
    id: ID,
    name: "Thing",
  });
  while (world.clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  world.setUps.takeBack(ROOM, order.cause);
  expect(await waiting).toEqual({ is: "gone" });
  expect([...world.effects]).toEqual([]);
  expect(await world.record()).toBeUndefined();
});
