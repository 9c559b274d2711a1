import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { silentLog } from "../../kernel/log.ts";
import type { HomeserverCall } from "../client.ts";
import { HomeserverError } from "../errors.ts";
import type { Content } from "../port.ts";
import type { CryptoEngine, EngineDecryption } from "./engine.ts";
import { EngineCipher } from "./engineCipher.ts";
import { LateEvents } from "./lateEvents.ts";
import { RequestSender } from "./requests.ts";
import { Supervisor } from "./supervisor.ts";
import { VerificationDriver } from "./verificationDriver.ts";

const ROOM = "!room:x" as RoomId;
const MISSING: EngineDecryption = { kind: "unreadable", reason: "missing-key" };
const READABLE: EngineDecryption = {
  kind: "decrypted",
  type: "m.room.message",
  content: { body: "hello" },
  signedDevice: true,
};

function event(id: string, session = "s"): Content {
  return {
    event_id: id,
    type: "m.room.encrypted",
    sender: "@ann:x",
    content: { session_id: session, ciphertext: "x" },
  };
}

/** A cipher around an engine that answers as the test says. */
class Scene {
  readonly clock = new ManualClock();
  readonly answers = new Map<string, EngineDecryption>();
  readonly told: string[] = [];
  readonly late = new LateEvents();
  readonly fetched: string[] = [];
  /** What the homeserver says of a single event. */
  found: (id: string) => Content | HomeserverError = (id) => event(id);
  kept = "[]";
  engine = {
    name: "wasm",
    track: () => Promise.resolve(),
    healthy: true,
    outgoing: () => Promise.resolve([]),
    query: () => Promise.resolve({ kind: "keysQuery", id: undefined, body: "{}" }),
    sent: () => Promise.resolve(),
    claim: () => Promise.resolve(undefined),
    receive: () => Promise.resolve(),
    decrypt: (_room: RoomId, { event_id: id }: Content) =>
      Promise.resolve(this.answers.get(String(id)) ?? MISSING),
    keepRoomSettings: () => Promise.resolve(true),
    restart: () => Promise.resolve(),
  } as unknown as CryptoEngine & Record<string, unknown>;

  open(): EngineCipher {
    const { engine, clock } = this;
    const signal = new AbortController().signal;
    const call: HomeserverCall = (_method, where) => {
      const id = decodeURIComponent(where.split("/").at(-1) ?? "");
      this.fetched.push(id);
      const found = this.found(id);
      return found instanceof HomeserverError ? Promise.reject(found) : Promise.resolve(found);
    };
    const sender = new RequestSender({ engine, call, clock, log: silentLog, signal });
    const cipher: EngineCipher = new EngineCipher({
      engine,
      supervisor: new Supervisor({
        engine,
        clock,
        log: silentLog,
        signal,
        onRestarted: () => undefined,
      }),
      sender,
      keysPatienceMs: 10_000,
      backup: { upload: () => Promise.resolve() } as never,
      history: undefined,
      verification: new VerificationDriver(engine, sender, silentLog),
      late: this.late,
      keepLate: () => {
        this.kept = this.late.toJson();
        return Promise.resolve();
      },
      call,
      clock,
      log: silentLog,
    });
    cipher.onLate((_room, late) => this.told.push(String(late["event_id"])));
    return cipher;
  }
}

const part = {
  toDevice: [],
  changedUsers: [],
  leftUsers: [],
  oneTimeKeyCounts: {},
  unusedFallbackKeys: undefined,
};

const withKeys = { ...part, toDevice: [{ type: "m.room.encrypted" }] };

describe("the cipher around an engine", () => {
  let scene: Scene;
  let cipher: EngineCipher;
  beforeEach(() => {
    scene = new Scene();
    cipher = scene.open();
  });

  it("keeps what may become readable before it says so, and tells it once, in order, before the answer that brought the key", async () => {
    for (const id of ["$1", "$2", "$3"])
      expect(await cipher.decrypt(ROOM, event(id))).toEqual({
        kind: "unreadable",
        late: true,
        reason: "missing-key",
      });
    expect(JSON.parse(scene.kept)).toHaveLength(3);
    expect(cipher.unreadable).toBe(3);
    for (const id of ["$3", "$1"]) scene.answers.set(id, READABLE);
    scene.engine.receive = () => {
      cipher.keysCame([{ room: ROOM, session: "s" }]);
      return Promise.resolve();
    };
    await cipher.receive(withKeys);
    expect(scene.told).toEqual(["$1", "$3"]);
    scene.answers.set("$2", READABLE);
    await cipher.receive(withKeys);
    await cipher.receive(withKeys);
    expect(scene.told).toEqual(["$1", "$3", "$2"]);
    expect(cipher.unreadable).toBe(0);
    expect(scene.late.size).toBe(0);
  });

  it("keeps what it has told until that is handled: after a crash in between it is told again, and then no more", async () => {
    for (const id of ["$1", "$2"]) await cipher.decrypt(ROOM, event(id));
    for (const id of ["$1", "$2"]) scene.answers.set(id, READABLE);
    cipher.keysCame([{ room: ROOM, session: "s" }]);
    await cipher.idle();
    expect(scene.told).toEqual(["$1", "$2"]);
    await cipher.lateHandled(["$1" as EventId]);

    const restarted = async (kept: string): Promise<Scene> => {
      const again = new Scene();
      again.late.load(kept, again.clock.now());
      for (const id of ["$1", "$2"]) again.answers.set(id, READABLE);
      const later = again.open();
      await later.flush();
      await later.lateHandled(again.told as EventId[]);
      return again;
    };
    const after = await restarted(scene.kept);
    expect(after.told).toEqual(["$2"]);
    expect((await restarted(after.kept)).told).toEqual([]);
  });

  it("gives the engine no part that says nothing new, for a minute at most: each costs a durable write", async () => {
    const given: unknown[] = [];
    scene.engine.receive = (one) => Promise.resolve(void given.push(one));
    const withCounts = (count: number) => ({
      ...part,
      oneTimeKeyCounts: { signed_curve25519: count },
    });
    for (const one of [
      part,
      part,
      withKeys,
      withKeys,
      withCounts(50),
      withCounts(50),
      withCounts(49),
    ])
      await cipher.receive(one);
    expect(given).toEqual([part, withKeys, withKeys, withCounts(50), withCounts(49)]);
    scene.clock.advance(59_999);
    await cipher.receive(withCounts(49));
    expect(given).toHaveLength(5);
    scene.clock.advance(1);
    await cipher.receive(withCounts(49));
    expect(given).toHaveLength(6);
  });

  it("gives a part again that the engine has not taken", async () => {
    let tries = 0;
    scene.engine.receive = () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error("full")) : Promise.resolve();
    };
    await expect(cipher.receive(part)).rejects.toThrow("full");
    await cipher.receive(part);
    expect(tries).toBe(2);
  });

  it("does not wait for what no key will cure", async () => {
    scene.answers.set("$1", { kind: "unreadable", reason: "sender-mismatch" });
    expect(await cipher.decrypt(ROOM, event("$1"))).toEqual({
      kind: "unreadable",
      late: false,
      reason: "sender-mismatch",
    });
    expect(await cipher.decrypt(ROOM, { event_id: 5 })).toEqual({
      kind: "unreadable",
      late: false,
      reason: "malformed",
    });
    expect(scene.late.size).toBe(0);
  });

  it("asks for the sender's keys before a device counts as unsigned, once in a minute", async () => {
    let known = 0;
    scene.engine.track = () => Promise.resolve(void (known += 1));
    scene.engine.decrypt = () => Promise.resolve({ ...READABLE, signedDevice: known > 0 });
    expect(await cipher.decrypt(ROOM, event("$1"))).toMatchObject({ signedDevice: true });
    scene.engine.decrypt = () => Promise.resolve({ ...READABLE, signedDevice: false });
    expect(await cipher.decrypt(ROOM, event("$2"))).toMatchObject({ signedDevice: false });
    expect(known).toBe(1);
    scene.clock.advance(60_000);
    await cipher.decrypt(ROOM, event("$3"));
    expect(known).toBe(2);
  });

  it("names the reason why a key was withheld", async () => {
    scene.answers.set("$1", { ...MISSING, withheld: "m.unverified" });
    expect(await cipher.decrypt(ROOM, event("$1"))).toMatchObject({
      reason: "withheld m.unverified",
    });
  });

  it("reads no message twice under two names", async () => {
    const content = {
      session_id: "s",
      ciphertext: Buffer.from([3, 8, 1, 0x12, 5, 5]).toString("base64"),
    };
    for (const id of ["$1", "$2"]) scene.answers.set(id, READABLE);
    expect(await cipher.decrypt(ROOM, { ...event("$1"), content })).toMatchObject({
      kind: "decrypted",
    });
    expect(await cipher.decrypt(ROOM, { ...event("$2"), content })).toEqual({
      kind: "unreadable",
      late: false,
      reason: "replayed",
    });
    expect(await cipher.decrypt(ROOM, { ...event("$1"), content })).toMatchObject({
      kind: "decrypted",
    });
  });

  it("fetches again, after a start, what waited at the stop: until the homeserver answers, and only what it still shows", async () => {
    const limited = new HomeserverError({ kind: "answered", status: 502 });
    const gone = new HomeserverError({ kind: "answered", status: 404, errcode: "M_NOT_FOUND" });
    for (const id of ["$1", "$2"]) await cipher.decrypt(ROOM, event(id));
    const again = new Scene();
    again.late.load(scene.kept, again.clock.now());
    const later = again.open();
    again.answers.set("$2", READABLE);
    again.found = () => limited;
    await later.flush();
    expect(again.told).toEqual([]);
    again.found = (id) => (id === "$1" ? gone : event(id));
    await later.flush();
    expect(again.told).toEqual(["$2"]);
    expect(again.late.size).toBe(0);
    const { length } = again.fetched;
    await later.flush();
    expect(again.fetched).toHaveLength(length);
  });

  it("sets an event aside that breaks the engine twice, here or when its key comes, and a to-device message that does", async () => {
    const broken = (): Promise<never> => Promise.reject(new UsherError("crypto-engine-broken"));
    let tries = 0;
    scene.engine.decrypt = () => {
      tries += 1;
      return broken();
    };
    expect(await cipher.decrypt(ROOM, event("$1"))).toEqual({
      kind: "unreadable",
      late: false,
      reason: "poison",
    });
    expect([tries, scene.late.size]).toEqual([2, 0]);
    scene.engine.decrypt = () => Promise.resolve(MISSING);
    await cipher.decrypt(ROOM, event("$2"));
    scene.engine.decrypt = broken;
    cipher.keysCame([{ room: ROOM, session: "s" }]);
    await cipher.idle();
    expect([scene.late.size, scene.kept]).toEqual([0, "[]"]);

    const taken: unknown[] = [];
    scene.engine.receive = ({ toDevice }) => {
      if (toDevice.some(({ bad }) => bad === true)) return broken();
      taken.push(...toDevice.map(({ n }) => n));
      return Promise.resolve();
    };
    await cipher.receive({ ...part, toDevice: [{ n: 1 }, { n: 2, bad: true }, { n: 3 }] });
    expect(taken).toEqual([1, 3]);
  });

  it("takes an event that the engine failed on for one to be tried again", async () => {
    scene.engine.decrypt = () => Promise.reject(new Error("the disk"));
    expect(await cipher.decrypt(ROOM, event("$1"))).toEqual({
      kind: "unreadable",
      late: true,
      reason: "engine-broken",
    });
    scene.engine.decrypt = () => Promise.resolve(READABLE);
    cipher.retryAll();
    await cipher.idle();
    expect(scene.told).toEqual(["$1"]);
  });

  it("asks the engine once for each new setting of a room, and never for one that it does not speak", async () => {
    const asked: unknown[] = [];
    scene.engine.keepRoomSettings = (_room, settings) => Promise.resolve(asked.push(settings) > 0);
    for (const algorithm of ["m.megolm.v1.aes-sha2", "m.megolm.v1.aes-sha2", "m.none"])
      await cipher.roomEncryption(ROOM, { algorithm });
    expect(asked).toHaveLength(1);
  });

  it("seals a message after a restart of the engine, and gives nothing where that fails", async () => {
    const sealed: Content = { ciphertext: "sealed" };
    const outcomes = [new UsherError("crypto-engine-broken"), sealed, new Error("a panic")];
    scene.engine.roomSettings = () => Promise.resolve(undefined);
    scene.engine.share = () => Promise.resolve([]);
    scene.engine.encrypt = () => {
      const outcome = outcomes.shift();
      return outcome === undefined || outcome instanceof Error
        ? Promise.reject(outcome ?? new Error("asked too often"))
        : Promise.resolve(outcome);
    };
    const encrypt = (): Promise<unknown> => cipher.encrypt(ROOM, [], "m.room.message", {});
    expect(await encrypt()).toEqual({ type: "m.room.encrypted", content: sealed });
    await expect(encrypt()).rejects.toMatchObject({
      name: "UsherError",
      code: "crypto-engine-broken",
    });
  });

  it("flushing never rejects", async () => {
    scene.engine.outgoing = () => Promise.reject(new Error("broken"));
    scene.engine.claim = () => Promise.reject(new Error("broken"));
    await cipher.flush();
    await cipher.idle();
    expect(scene.told).toEqual([]);
  });
});
