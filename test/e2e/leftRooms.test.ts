import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storePath } from "../../src/matrix/crypto/deviceFile.ts";
import { TEST_ENGINE } from "../harness/engine.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import { stillOnDisk, storedRoomKeys, type StoredRecord } from "../harness/storedRoomKeys.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

/** Real Usher, real homeserver, its real store: of a room that Usher is out of, no key stays. Only the engine in WebAssembly can delete them. */
describe.skipIf(TEST_ENGINE === "native")("D28-keys of a room that Usher has left", () => {
  let world: World;
  let ann: Person;
  let kept: string;

  beforeAll(async () => {
    ({ world, ann } = await World.of(ENCRYPTED, ["ann"]));
    kept = await world.room(ann);
    await status(kept);
  });
  afterAll(() => world.end());

  const store = (): string => storePath(world.usher.dataDir, "wasm");
  const inStore = (): readonly StoredRecord[] => Object.values(storedRoomKeys(store())).flat();

  async function status(room: string): Promise<void> {
    expect(bodyOf(await ask(ann, room, "!usher status"))).toContain("I am well");
  }

  /** The rooms of which the homeserver has copies of keys. */
  async function backedUp(): Promise<readonly string[]> {
    const headers = { authorization: `Bearer ${world.usher.accessToken}` };
    const from = new URL("_matrix/client/v3/room_keys/", `${theSynapse().url}/`);
    const asked = async (path: string): Promise<unknown> =>
      (await fetch(new URL(path, from), { headers })).json();
    const { version } = (await asked("version")) as { version: string };
    const { rooms } = (await asked(`keys?version=${version}`)) as { rooms: object };
    return Object.keys(rooms);
  }

  /** A room in which Usher has spoken, and what is held of it. */
  async function spokenIn(): Promise<{ room: string; records: readonly StoredRecord[] }> {
    const before = new Set(inStore().map(({ key }) => key.toString("hex")));
    const room = await world.room(ann);
    await status(room);
    await eventually(async () => {
      expect(await backedUp()).toContain(room);
    });
    const records = inStore().filter(({ key }) => !before.has(key.toString("hex")));
    // Ann's key to read with, Usher's own, and that it writes with.
    expect(records.length).toBeGreaterThanOrEqual(3);
    return { room, records };
  }

  async function gone(room: string, records: readonly StoredRecord[]): Promise<void> {
    await eventually(async () => {
      expect(stillOnDisk(store(), records)).toEqual([]);
      expect(await backedUp()).not.toContain(room);
    });
  }

  /** In the other room all is as it was, and in the one that Usher comes into again it reads and is read. */
  async function goesOn(room: string): Promise<void> {
    await status(kept);
    const from = ann.mark();
    await ann.invite(room, world.usher.userId);
    await world.greeted(ann, room, from);
    await status(room);
    await world.usher.restart();
    await status(room);
    await status(kept);
    expect(await backedUp()).toEqual(expect.arrayContaining([kept, room]));
  }

  it("goes from the disk and from the homeserver while Usher runs, where it is taken out", async () => {
    const { room, records } = await spokenIn();
    const others = inStore().length - records.length;
    await ann.kick(room, world.usher.userId);
    await gone(room, records);
    expect(inStore().length).toBeGreaterThanOrEqual(others);
    await goesOn(room);
  });

  it("goes at the next start, where it was banned meanwhile", async () => {
    const { room, records } = await spokenIn();
    await world.usher.stop({ keep: true });
    await ann.ban(room, world.usher.userId);
    expect(stillOnDisk(store(), records)).toHaveLength(records.length);
    await world.usher.start();
    await gone(room, records);
    await status(kept);
  });

  it("goes when Usher leaves by itself", async () => {
    const { room, records } = await spokenIn();
    await ann.say(room, "!usher leave --yes");
    await gone(room, records);
    await goesOn(room);
  });
});
