import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../../kernel/days.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { HomeserverError } from "../errors.ts";
import { HeldKeys } from "./heldKeys.ts";

const [A, B] = ["!a:example.org", "!b:example.org"] as [RoomId, RoomId];
const refused = new HomeserverError({ kind: "answered", status: 404 });
const away = new HomeserverError({ kind: "network" });

let clock: ManualClock;
let gone: RoomId[];
let swept: number;
let copies: number;
let failure: Error | undefined;
let held: HeldKeys;

beforeEach(() => {
  clock = new ManualClock(0);
  [gone, swept, copies, failure] = [[], 0, 0, undefined];
  held = new HeldKeys({
    clock,
    engine: {
      storedKeys: {
        rooms: () => Promise.resolve(new Set<RoomId>()),
        forget: () => Promise.resolve(),
      },
      sweep: () => {
        swept += 1;
        return Promise.resolve();
      },
    },
    supervisor: { run: (task) => task() },
    backup: {
      forget: (room) => {
        if (room === A && failure !== undefined) return Promise.reject(failure);
        gone.push(room);
        return Promise.resolve();
      },
      sweep: async (leftAmong) => {
        copies += (await leftAmong([B])).length;
      },
    },
  });
  clock.advance(HOUR_MS);
});

const come = (...rooms: readonly RoomId[]): void => {
  held.keysCame(rooms.map((room) => ({ room })));
};
const sweep = (): Promise<void> => held.sweep((rooms) => Promise.resolve(rooms));

describe("keys of rooms that Usher is not in", () => {
  it("go an hour after the last came, and a day after the first, however often somebody sends more", async () => {
    come(A, B);
    for (let hours = 0; hours < 23; hours += 1) {
      clock.advance(HOUR_MS - 1);
      come(A);
      await sweep();
      clock.advance(1);
      await sweep();
    }
    expect(gone).toEqual([B]);
    clock.advance(HOUR_MS - 1);
    come(A);
    await sweep();
    expect(gone).toEqual([B]);
    clock.advance(1);
    await sweep();
    expect([gone, clock.now()]).toEqual([[B, A], HOUR_MS + DAY_MS]);
  });

  it("wait a day again where they came after Usher was out: it may be coming in again", async () => {
    come(A);
    clock.advance(DAY_MS);
    come(A);
    await held.forget(A, clock.now() - 1);
    await sweep();
    expect(gone).toEqual([]);
    clock.advance(HOUR_MS);
    await sweep();
    expect(gone).toEqual([A]);
  });

  it("go also where those of another room cannot be deleted, off the disk too, and that is told", async () => {
    failure = refused;
    come(A, B);
    clock.advance(HOUR_MS);
    await expect(sweep()).rejects.toBe(refused);
    expect([gone, copies, swept]).toEqual([[B], 1, 1]);
  });

  it("stay where Usher comes into the room while those of others are being deleted", async () => {
    come(B, A);
    clock.advance(HOUR_MS);
    await held.sweep((rooms) =>
      Promise.resolve(rooms.filter((one) => one !== A || gone.length === 0)),
    );
    expect(gone).toEqual([B]);
  });

  it("wait where the homeserver is away, which each of them would have to find out", async () => {
    failure = away;
    come(A, B);
    clock.advance(HOUR_MS);
    await expect(sweep()).rejects.toBe(away);
    expect([gone, swept]).toEqual([[], 1]);
  });
});
