import { describe, expect, it } from "vitest";
import { member, stateEvent } from "../../test/harness/rawEvents.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { noCipher } from "./crypto/cipher.ts";
import { DirectRooms } from "./directRooms.ts";
import type { Content } from "./port.ts";
import { RoomReader } from "./roomReader.ts";

const ann = "@ann:x" as UserId;
const bob = "@bob:x" as UserId;

const me = "@usher:x" as UserId;
const room = "!a:x" as RoomId;

describe("row 17: whoever reads along", () => {
  const two = [stateEvent("m.room.create", ann, {}), member(ann, "join"), member(me, "join")];
  const odd = JSON.parse('{"membership":"join","__proto__":{}}') as Content;
  const roomsOf = (state: readonly object[]): DirectRooms =>
    new DirectRooms({
      rooms: new RoomReader(
        (_, path) => Promise.resolve(path.endsWith("/members") ? { chunk: state } : state),
        new ManualClock(),
      ),
      me,
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);

  it("is nobody in a room of the two", async () => {
    await expect(roomsOf(two).assertPrivate(room, ann)).resolves.toBeUndefined();
  });

  it.each([
    ["by an id that has spaces", member("@s p a c e:y", "join")],
    ["since before time began", { ...member(bob, "join"), origin_server_ts: -1 }],
    ["and calls something __proto__", stateEvent("m.room.member", bob, odd, bob)],
  ])("is counted where they are there %s", async (_, third) => {
    await expect(roomsOf([...two, third]).assertPrivate(room, ann)).rejects.toMatchObject({
      code: "room-not-private",
    });
  });
});

describe("looking for a room of the two", () => {
  it("finds or makes one that is not encrypted, where only such a one will do", async () => {
    const clock = new ManualClock();
    const sealed = stateEvent("m.room.encryption", ann, {});
    const two = [stateEvent("m.room.create", ann, {}), member(ann, "join"), member(me, "join")];
    const made: unknown[] = [];
    const call = (_: string, path: string, how?: { body?: unknown }): Promise<unknown> => {
      if (!path.endsWith("/createRoom")) {
        const state = path.includes(encodeURIComponent(room)) ? [...two, sealed] : two;
        return Promise.resolve(path.endsWith("/members") ? { chunk: state } : state);
      }
      made.push(how?.body);
      return Promise.resolve({ room_id: "!new:x" });
    };
    const rooms = new DirectRooms({
      accountData: { get: () => Promise.resolve({}), set: () => Promise.resolve() },
      rooms: new RoomReader(call, clock),
      cipher: { ...noCipher, available: true },
      noteEncryption: () => {
        throw new Error("It is not encrypted");
      },
      ...{ call, clock, me, log: silentLog },
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);
    rooms.noteActive(room, ann);
    expect(await rooms.find(ann, "unencrypted")).toBe("!new:x");
    expect(JSON.stringify(made)).not.toContain("m.room.encryption");
    expect(await rooms.find(ann, "unencrypted")).toBe("!new:x");
    expect(made).toHaveLength(1);
    expect(await rooms.find(ann, "encrypted")).toBe(room);
  });

  it("reads the whole state of none where others are known to be", async () => {
    const clock = new ManualClock();
    const many = [member(ann, "join"), member(bob, "join"), member(me, "join")];
    const asked: string[] = [];
    const call = (_: string, path: string): Promise<unknown> => {
      asked.push(path.split("/").at(-1) ?? "");
      return Promise.resolve({ room_id: "!new:x", chunk: many });
    };
    const rooms = new DirectRooms({
      accountData: { get: () => Promise.resolve({}), set: () => Promise.resolve() },
      rooms: new RoomReader(call, clock),
      cipher: noCipher,
      ...{ call, clock, me, log: silentLog },
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);
    rooms.noteActive(room, ann);
    expect(await rooms.fault(room, ann)).toBe("members");
    expect(await rooms.find(ann)).toBe("!new:x");
    expect(asked).toEqual(["members", "createRoom"]);
  });
});

describe("rooms for whoever leaves each of them", () => {
  it("are made five times an hour and no more; somebody else gets theirs", async () => {
    const clock = new ManualClock();
    let made = 0;
    const call = (method: string, path: string): Promise<unknown> => {
      if (method === "GET")
        return Promise.resolve(path.endsWith("/state") ? left : { chunk: left });
      made += 1;
      return Promise.resolve({ room_id: `!made${String(made)}:x` });
    };
    const left = [stateEvent("m.room.create", me, {}), member(me, "join"), member(ann, "leave")];
    const rooms = new DirectRooms({
      accountData: { get: () => Promise.resolve({}), set: () => Promise.resolve() },
      rooms: new RoomReader(call, clock),
      cipher: noCipher,
      ...{ call, clock, me, log: silentLog },
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);
    for (let asked = 0; asked < 5; asked += 1) await rooms.find(ann);
    await expect(rooms.find(ann)).rejects.toMatchObject({ code: "private-rooms-enough" });
    // Forgetting them is no way round it.
    await rooms.forget(ann);
    await expect(rooms.find(ann)).rejects.toMatchObject({ code: "private-rooms-enough" });
    expect(made).toBe(5);
    await rooms.find(bob);
    clock.advance(3_600_000);
    await rooms.find(ann);
    expect(made).toBe(7);
  });
});

describe("R36 the rooms of one person", () => {
  it("are forgotten, and nobody else's; where that cannot be written, it is said", async () => {
    let direct: unknown = { [ann]: ["!a:x"], [bob]: ["!b:x"] };
    let refuses = false;
    const rooms = new DirectRooms({
      accountData: {
        get: () => Promise.resolve(direct),
        set: (_: string, body: unknown) => {
          direct = body;
          return refuses ? Promise.reject(new Error("full")) : Promise.resolve();
        },
      },
      cipher: noCipher,
      me,
      log: silentLog,
    } as unknown as ConstructorParameters<typeof DirectRooms>[0]);
    await rooms.forget(ann);
    expect(direct).toEqual({ [bob]: ["!b:x"] });
    expect(await rooms.remembered(ann)).toEqual([]);
    // Nothing is written where nothing is remembered.
    refuses = true;
    await rooms.forget(ann);
    await expect(rooms.forget(bob)).rejects.toThrow("full");
  });
});
