import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { CryptoEngine } from "../../src/matrix/crypto/engine.ts";
import { RequestSender } from "../../src/matrix/crypto/requests.ts";
import { RoomKeys } from "../../src/matrix/crypto/roomKeys.ts";
import { openWasmStore } from "../../src/matrix/crypto/wasmStore.ts";
import type { Content } from "../../src/matrix/port.ts";
import type { FilePath } from "../../src/privacy/declared.ts";
import { multiplyRecords, stillOnDisk, storedRoomKeys } from "../harness/storedRoomKeys.ts";
import { KeyServer } from "./keyServer.ts";

const LEFT = "!left:example.org" as RoomId;
const KEPT = "!kept:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const USHER = "@usher:example.org" as UserId;
const BOTH = [ANN, USHER];
const READABLE = { kind: "decrypted", type: "m.room.message" };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A person's or Usher's device, on a store of its own. */
class Party {
  readonly file: FilePath;
  readonly #me: UserId;
  readonly #server: KeyServer;
  #engine: CryptoEngine | undefined;

  constructor(server: KeyServer, me: UserId) {
    const folder = mkdtempSync(join(tmpdir(), "usher-stored-keys-"));
    cleanups.push(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    this.file = join(folder, "store.sqlite") as FilePath;
    this.#me = me;
    this.#server = server;
  }

  get engine(): CryptoEngine {
    if (this.#engine === undefined) throw new Error("not open");
    return this.#engine;
  }

  async open(): Promise<this> {
    const engine = await openWasmStore({
      me: this.#me,
      deviceId: "DEVICE",
      file: this.file,
      storeKey: new Uint8Array(32).fill(7),
      shareWith: "all-devices",
      clock: systemClock,
      events: { keys: () => undefined, broken: () => undefined },
    });
    this.#engine = engine;
    cleanups.push(() => engine.close());
    await this.sync();
    return this;
  }

  #sender(): RequestSender {
    const call = this.#server.callOf(this.#me, "DEVICE");
    const signal = new AbortController().signal;
    return new RequestSender({
      ...{ engine: this.engine, call, clock: systemClock, log: silentLog, signal },
    });
  }

  async sync(): Promise<void> {
    await this.engine.receive(this.#server.sync(this.#me, "DEVICE"));
    await this.#sender().drain();
  }

  async say(room: RoomId, to: readonly UserId[] = BOTH): Promise<Content> {
    const { engine } = this;
    const keys = new RoomKeys({
      ...{ engine, sender: this.#sender(), keysPatienceMs: 600_000, log: silentLog },
    });
    const content = await keys.encrypt(room, to, "m.room.message", { body: "hello" });
    const event = { type: "m.room.encrypted", event_id: "$event", sender: this.#me };
    return { ...event, origin_server_ts: Date.now(), content };
  }

  /** Hears that Ann's device keeps a key of the room back. */
  async withheld(room: RoomId): Promise<void> {
    const told = { algorithm: "m.megolm.v1.aes-sha2", room_id: room, code: "m.unverified" };
    const of = { session_id: "AAAA", sender_key: "A".repeat(43) };
    const event = { type: "m.room_key.withheld", sender: ANN, content: { ...told, ...of } };
    const part = this.#server.sync(this.#me, "DEVICE");
    await this.engine.receive({ ...part, toDevice: [...part.toDevice, event] });
  }

  async forget(room: RoomId): Promise<void> {
    await this.engine.storedKeys?.forget(room);
  }
}

/** Usher and Ann, who have both said something in both rooms that the other has read. */
async function talk(): Promise<{ ann: Party; usher: Party; said: ReadonlyMap<RoomId, Content> }> {
  const server = new KeyServer();
  const ann = await new Party(server, ANN).open();
  const usher = await new Party(server, USHER).open();
  const said = new Map<RoomId, Content>();
  for (const room of [LEFT, KEPT]) {
    said.set(room, await ann.say(room));
    await usher.sync();
    expect(await usher.engine.decrypt(room, content(said, room))).toMatchObject(READABLE);
    const answer = await usher.say(room);
    await ann.sync();
    expect(await ann.engine.decrypt(room, answer)).toMatchObject(READABLE);
  }
  return { ann, usher, said };
}

function content(said: ReadonlyMap<RoomId, Content>, room: RoomId): Content {
  const event = said.get(room);
  if (event === undefined) throw new Error("nothing was said there");
  return event;
}

const counts = (file: string): readonly number[] =>
  Object.values(storedRoomKeys(file)).map(({ length }) => length);

describe("D28-keys in the engine's store", () => {
  it("knows the rooms of its keys, and those of a forgotten room go: also from the disk, while it is open", async () => {
    const { usher, said } = await talk();
    for (const room of [LEFT, KEPT]) await usher.withheld(room);
    await usher.engine.close();
    const before = storedRoomKeys(usher.file);
    expect(counts(usher.file)).toEqual([4, 2, 0, 2]);
    await usher.open();
    expect(await usher.engine.storedKeys?.rooms()).toEqual(new Set([LEFT, KEPT]));
    await usher.forget(LEFT);
    await usher.engine.sweep();
    expect(await usher.engine.storedKeys?.rooms()).toEqual(new Set([KEPT]));
    const everything = Object.values(before).flat();
    expect(everything.length - stillOnDisk(usher.file, everything).length).toBe(4);
    expect(await usher.engine.decrypt(LEFT, content(said, LEFT))).toMatchObject({
      kind: "unreadable",
      reason: "missing-key",
    });
    expect(await usher.engine.decrypt(KEPT, content(said, KEPT))).toMatchObject(READABLE);
    await usher.engine.close();
    expect(counts(usher.file)).toEqual([2, 1, 0, 1]);
  });

  it("reads and is read in a room that it comes into again, before and after it was opened anew", async () => {
    const { ann, usher } = await talk();
    const old = (await usher.say(LEFT))["content"] as Content;
    await usher.forget(LEFT);
    for (const opened of [false, true]) {
      if (opened) {
        await usher.engine.close();
        await usher.open();
      }
      const answer = await usher.say(LEFT);
      expect((answer["content"] as Content)["session_id"]).not.toBe(old["session_id"]);
      await ann.sync();
      expect(await ann.engine.decrypt(LEFT, answer)).toMatchObject(READABLE);
      // Ann's client makes a new key when somebody has left, as all do.
      await ann.say(LEFT, [ANN]);
      const event = await ann.say(LEFT);
      await usher.sync();
      expect(await usher.engine.decrypt(LEFT, event)).toMatchObject(READABLE);
    }
  });

  it("knows the rooms of more keys than are read at once", async () => {
    const usher = await new Party(new KeyServer(), USHER).open();
    const rooms = Array.from({ length: 450 }, (_, at) => `!room${String(at)}:x` as RoomId);
    for (const room of rooms) await usher.say(room, [USHER]);
    expect(await usher.engine.storedKeys?.rooms()).toEqual(new Set(rooms));
  });

  it("does not read the keys of a room to delete them: anybody may send very many, or damaged ones", async () => {
    const { usher, said } = await talk();
    await usher.withheld(LEFT);
    const rooms = await usher.engine.storedKeys?.rooms();
    await usher.engine.close();
    for (const store of ["inbound_group_sessions3", "withheld_sessions"] as const)
      multiplyRecords(usher.file, store, 2_000);
    const before = counts(usher.file);
    expect(before[0]).toBe(4 + 4 * 2_000);
    await usher.open();
    await usher.forget(LEFT);
    await usher.engine.close();
    const after = counts(usher.file);
    expect([after[0], after[3]]).toEqual([(before[0] ?? 0) / 2, 0]);
    expect(rooms).toEqual(new Set([LEFT, KEPT]));
    await usher.open();
    expect(await usher.engine.decrypt(KEPT, content(said, KEPT))).toMatchObject(READABLE);
  });

  it("takes nothing of other rooms while they are spoken in, with several forgotten at once and twice", async () => {
    const server = new KeyServer();
    const ann = await new Party(server, ANN).open();
    const usher = await new Party(server, USHER).open();
    const rooms = Array.from({ length: 12 }, (_, at) => `!room${String(at)}:x` as RoomId);
    const said = new Map<RoomId, Content>();
    for (const room of rooms) {
      said.set(room, await ann.say(room));
      await usher.sync();
      await usher.say(room);
    }
    const [left, kept] = [rooms.slice(0, 6), rooms.slice(6)];
    await Promise.all([
      ...left.flatMap((room) => [usher.forget(room), usher.forget(room)]),
      ...kept.flatMap((room) => [
        usher.say(room),
        usher.engine.decrypt(room, content(said, room)),
        usher.say(room),
      ]),
      usher.forget("!never:x" as RoomId),
    ]);
    expect(await usher.engine.storedKeys?.rooms()).toEqual(new Set(kept));
    for (const room of kept)
      expect(await usher.engine.decrypt(room, content(said, room))).toMatchObject(READABLE);
    await usher.engine.close();
    expect(counts(usher.file)).toEqual([12, 6, 0, 0]);
  });
});
