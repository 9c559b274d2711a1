import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../src/kernel/clock.ts";
import { HOUR_MS } from "../../src/kernel/days.ts";
import type { RoomId } from "../../src/kernel/ids.ts";
import type { OpenCipher } from "../../src/matrix/crypto/openCipher.ts";
import { CryptoHome, ME } from "./cryptoHome.ts";

const LEFT = "!left:example.org" as RoomId;
const KEPT = "!kept:example.org" as RoomId;

let home: CryptoHome;
let clock: ManualClock;
beforeEach(() => {
  home = new CryptoHome();
  clock = new ManualClock();
});
afterEach(() => home.remove());

/** Usher with keys of two rooms, which are backed up. */
async function speaking(): Promise<OpenCipher> {
  const usher = await home.start("DEVICE", { clock });
  for (const room of [LEFT, KEPT]) await speak(usher, room);
  expect(backedUp()).toEqual([KEPT, LEFT]);
  return usher;
}

async function speak({ cipher }: OpenCipher, room: RoomId): Promise<void> {
  await cipher.encrypt(room, [ME], "m.room.message", { body: "hello" });
  await cipher.flush();
}

const backedUp = (): readonly string[] => Object.keys(home.server.backedUp).sort();
const held = async (usher: OpenCipher): Promise<number | undefined> =>
  (await usher.status()).backup?.total;
const leftIs = (room: RoomId) => (rooms: readonly RoomId[]) =>
  Promise.resolve(rooms.filter((one) => one === room));

describe("D28-keys of rooms that Usher has left", () => {
  it("go at once, the copies on the homeserver too", async () => {
    const usher = await speaking();
    await usher.held.forget(LEFT, clock.now());
    expect([await held(usher), backedUp()]).toEqual([1, [KEPT]]);
    await speak(usher, LEFT);
    expect([await held(usher), backedUp()]).toEqual([2, [KEPT, LEFT]]);
  });

  it("stay where a key came after Usher was out: it is being invited again", async () => {
    const usher = await speaking();
    await usher.held.forget(LEFT, clock.now() - 1);
    expect(await held(usher)).toBe(2);
  });

  it("are found by a sweep, an hour after a start or after the last key came", async () => {
    await speaking();
    await home.stop();
    const usher = await home.start("DEVICE", { clock });
    clock.advance(HOUR_MS - 1);
    await usher.held.sweep(leftIs(LEFT));
    expect(await held(usher)).toBe(2);
    clock.advance(1);
    await usher.held.sweep(leftIs(LEFT));
    expect([await held(usher), backedUp()]).toEqual([1, [KEPT]]);
    await speak(usher, LEFT);
    await usher.held.sweep(leftIs(LEFT));
    expect([await held(usher), backedUp()]).toEqual([2, [KEPT, LEFT]]);
    clock.advance(HOUR_MS);
    await usher.held.sweep(leftIs(LEFT));
    expect([await held(usher), backedUp()]).toEqual([1, [KEPT]]);
  });

  it("are taken off the homeserver by a later sweep where it did not do so at once", async () => {
    const usher = await speaking();
    home.server.refusesDeletions = true;
    await expect(usher.held.forget(LEFT, clock.now())).rejects.toMatchObject({ status: 500 });
    expect([await held(usher), backedUp()]).toEqual([1, [KEPT, LEFT]]);
    clock.advance(HOUR_MS);
    await expect(usher.held.sweep(leftIs(LEFT))).rejects.toMatchObject({ status: 500 });
    home.server.refusesDeletions = false;
    await usher.held.sweep(leftIs(KEPT));
    expect([await held(usher), backedUp()]).toEqual([0, [LEFT]]);
  });
});
