import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  DecryptionSettings, DeviceId, DeviceLists, EncryptionSettings, initAsync, OlmMachine, RequestType, RoomId, StoreHandle, TrustRequirement, UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm"; // prettier-ignore
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { IDBCursor, IDBCursorWithValue } from "./cursor.ts";
import { IDBDatabase } from "./database.ts";
import { IDBFactory } from "./factory.ts";
import { SqliteFile } from "./file.ts";
import { IDBIndex } from "./storeIndex.ts";
import { IDBKeyRange } from "./keyRange.ts";
import { NameList } from "./nameList.ts";
import { IDBObjectStore } from "./objectStore.ts";
import { IDBOpenDBRequest, IDBRequest } from "./request.ts";
import type { FilePath } from "../../../privacy/declared.ts";
import { openSqliteIndexedDb } from "./sqliteIndexedDb.ts";
import { temporaryFile } from "./testStore.ts";
import { IDBTransaction } from "./transaction.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("what the WebAssembly links against", () => {
  const main = createRequire(import.meta.url).resolve("@matrix-org/matrix-sdk-crypto-wasm");
  const glue = readFileSync(join(dirname(main), "pkg", "matrix_sdk_crypto_wasm_bg.js"), "utf8");
  const imports = glue.match(/^export function __wbg_.*?^}$/gms) ?? [];

  it("is here: every member of IndexedDB that it names", () => {
    // The members of the specification's interfaces whose names are theirs alone, or which the glue uses through them.
    const members: Readonly<Record<string, { readonly prototype: object }>> = {
      open: IDBFactory, createObjectStore: IDBDatabase, deleteObjectStore: IDBDatabase, objectStoreNames: IDBDatabase, transaction: IDBDatabase,
      version: IDBDatabase, close: IDBDatabase, objectStore: IDBTransaction, commit: IDBTransaction, abort: IDBTransaction, put: IDBObjectStore,
      add: IDBObjectStore, clear: IDBObjectStore, createIndex: IDBObjectStore, index: IDBObjectStore, delete: IDBObjectStore, get: IDBIndex,
      getAll: IDBIndex, getAllKeys: IDBIndex, count: IDBIndex, openCursor: IDBIndex, update: IDBCursor, continue: IDBCursor, key: IDBCursor,
      value: IDBCursorWithValue, result: IDBRequest, error: IDBRequest, readyState: IDBRequest, item: NameList,
    }; // prettier-ignore
    const absent =
      "advance autoIncrement cmp continuePrimaryKey databases deleteDatabase deleteIndex durability getAllRecords getKey indexNames keyPath multiEntry openKeyCursor primaryKey";
    const named = (member: string) =>
      imports.some((one) => new RegExp(`\\barg[01]\\.${member}\\b`).test(one));
    for (const [member, owner] of Object.entries(members)) {
      expect(named(member), member).toBe(true);
      expect(member in owner.prototype, member).toBe(true);
    }
    for (const member of absent.split(" ")) expect(named(member), member).toBe(false);
    for (const name of glue.match(/(?<=\bIDBKeyRange\.)\w+/g) ?? [])
      expect(name in IDBKeyRange, name).toBe(true);
  });

  it("is here: every class that it knows, under its global name", () => {
    const store = openSqliteIndexedDb(temporaryFile());
    onTestFinished(() => store.close());
    const global: Record<string, unknown> = {};
    store.install(global);
    const classes = new Set(glue.match(/\bIDB\w+(?=[;. )])(?<!IDBVersionChangeEvent)/g));
    expect([...classes].sort()).toEqual([
      "IDBCursor",
      "IDBCursorWithValue",
      "IDBDatabase",
      "IDBKeyRange",
      "IDBOpenDBRequest",
      "IDBRequest",
    ]);
    for (const name of classes) expect(typeof global[name], name).toBe("function");
    expect(global["indexedDB"]).toBe(store.factory);
    expect(new IDBOpenDBRequest()).toBeInstanceOf(global["IDBRequest"]);
  });
});

/** As much of a homeserver as two devices need: it keeps what they upload and carries what they send. */
class Keys {
  readonly #devices = new Map<
    string,
    { readonly device: object; readonly oneTime: [string, unknown][] }
  >();
  readonly #inbox = new Map<string, object[]>();

  async serve(
    machine: OlmMachine,
    requests: readonly {
      readonly id?: string | undefined;
      readonly type: RequestType;
      readonly body: string;
    }[],
  ): Promise<void> {
    for (const request of requests) {
      await machine.markRequestAsSent(
        String(request.id),
        request.type,
        JSON.stringify(this.#answer(machine, request.type, JSON.parse(request.body))),
      );
    }
  }

  #answer(machine: OlmMachine, type: RequestType, body: unknown): object {
    const user = machine.userId.toString();
    if (type === RequestType.KeysUpload) {
      const { device_keys, one_time_keys } = z
        .object({
          device_keys: z.looseObject({}),
          one_time_keys: z.record(z.string(), z.unknown()),
        })
        .parse(body);
      this.#devices.set(user, { device: device_keys, oneTime: Object.entries(one_time_keys) });
      return { one_time_key_counts: { signed_curve25519: 50 } };
    }
    if (type === RequestType.KeysQuery) {
      const { device_keys } = z
        .object({ device_keys: z.record(z.string(), z.unknown()) })
        .parse(body);
      const known = Object.keys(device_keys).map((one) => [
        one,
        { DEVICE: this.#devices.get(one)?.device },
      ]);
      return { device_keys: Object.fromEntries(known) as unknown };
    }
    if (type === RequestType.KeysClaim) {
      const { one_time_keys } = z
        .object({ one_time_keys: z.record(z.string(), z.unknown()) })
        .parse(body);
      const claimed = Object.keys(one_time_keys).map((one) => [
        one,
        { DEVICE: Object.fromEntries([this.#devices.get(one)?.oneTime.pop() ?? []]) as unknown },
      ]);
      return { one_time_keys: Object.fromEntries(claimed) as unknown };
    }
    return {};
  }

  send(from: OlmMachine, type: string, body: string): void {
    const { messages } = z
      .object({ messages: z.record(z.string(), z.record(z.string(), z.looseObject({}))) })
      .parse(JSON.parse(body));
    for (const [user, devices] of Object.entries(messages)) {
      const events = Object.values(devices).map((content) => ({
        sender: from.userId.toString(),
        type,
        content,
      }));
      this.#inbox.set(user, [...(this.#inbox.get(user) ?? []), ...events]);
    }
  }

  async receive(machine: OlmMachine): Promise<void> {
    const user = machine.userId.toString();
    const settings = new DecryptionSettings(TrustRequirement.Untrusted);
    const counts = new Map([["signed_curve25519", 50]]);
    await machine.receiveSyncChanges(
      JSON.stringify(this.#inbox.get(user) ?? []),
      new DeviceLists(),
      counts,
      undefined,
      settings,
    );
    this.#inbox.delete(user);
  }
}

const key = new Uint8Array(32).fill(7);
const room = "!room:example.org";

interface Device {
  readonly machine: OlmMachine;
  close(): Promise<void>;
}

async function open(user: string, path: FilePath): Promise<Device> {
  const store = openSqliteIndexedDb(path);
  store.install(globalThis);
  const handle = await StoreHandle.openWithKey("usher", key);
  const machine = await OlmMachine.initFromStore(new UserId(user), new DeviceId("DEVICE"), handle);
  return {
    machine,
    close: async () => {
      machine.close();
      handle.free();
      await store.close();
    },
  };
}

async function share(keys: Keys, from: OlmMachine, to: string): Promise<void> {
  await from.updateTrackedUsers([new UserId(to)]);
  await keys.serve(from, await from.outgoingRequests());
  const claim = await from.getMissingSessions([new UserId(to)]);
  if (claim) await keys.serve(from, [claim]);
  for (const request of await from.shareRoomKey(
    new RoomId(room),
    [new UserId(to)],
    new EncryptionSettings(),
  )) {
    keys.send(from, request.event_type, request.body);
    await from.markRequestAsSent(request.id, request.type, "{}");
  }
}

const encrypt = (machine: OlmMachine, body: string) =>
  machine.encryptRoomEvent(
    new RoomId(room),
    "m.room.message",
    JSON.stringify({ msgtype: "m.text", body }),
  );

async function decrypt(machine: OlmMachine, sender: string, content: string): Promise<unknown> {
  const event = {
    type: "m.room.encrypted",
    event_id: "$event",
    room_id: room,
    sender,
    origin_server_ts: 0,
    content: JSON.parse(content) as unknown,
  };
  const decrypted = await machine.decryptRoomEvent(
    JSON.stringify(event),
    new RoomId(room),
    new DecryptionSettings(TrustRequirement.Untrusted),
  );
  return (JSON.parse(decrypted.event) as { content: { body?: unknown } }).content.body;
}

describe("the OlmMachine on it", () => {
  beforeAll(() => initAsync());

  it("has its identity, sessions and room keys again after closing, and leaves nothing of them unencrypted", async () => {
    const [alicesFile, bobsFile] = [temporaryFile(), temporaryFile()];
    const keys = new Keys();
    let alice = await open("@alice:example.org", alicesFile);
    let bob = await open("@bob:example.org", bobsFile);
    for (const { machine } of [alice, bob])
      await keys.serve(machine, await machine.outgoingRequests());
    await share(keys, alice.machine, "@bob:example.org");
    await keys.receive(bob.machine);
    const first = await encrypt(alice.machine, "one");
    expect(await decrypt(bob.machine, "@alice:example.org", first)).toBe("one");

    const identity = () =>
      [alice, bob].map(({ machine }) => [
        machine.identityKeys.ed25519.toBase64(),
        machine.identityKeys.curve25519.toBase64(),
      ]);
    const before = identity();
    const second = await encrypt(alice.machine, "two");
    await alice.close();
    await bob.close();
    for (const file of readdirSync(dirname(alicesFile))) {
      const bytes = readFileSync(join(dirname(alicesFile), file));
      for (const word of [...(before[0] ?? []), "@bob:example.org", room])
        expect(bytes.includes(word), word).toBe(false);
    }
    alice = await open("@alice:example.org", alicesFile);
    bob = await open("@bob:example.org", bobsFile);
    expect(identity()).toEqual(before);
    expect(await decrypt(bob.machine, "@alice:example.org", first)).toBe("one");
    expect(await decrypt(bob.machine, "@alice:example.org", second)).toBe("two");
    expect(
      await decrypt(bob.machine, "@alice:example.org", await encrypt(alice.machine, "three")),
    ).toBe("three");
    expect((await bob.machine.roomKeyCounts()).total).toBe(1);
    await alice.close();
    await bob.close();
  });

  it("is told when a commit fails, and works on after that", async () => {
    const device = await open("@alice:example.org", temporaryFile());
    const track = (user: string) => device.machine.updateTrackedUsers([new UserId(user)]);
    await track("@one:example.org");
    const commit = vi.spyOn(SqliteFile.prototype, "commit").mockImplementation(() => {
      throw new Error("disk I/O error");
    });
    await expect(track("@two:example.org")).rejects.toThrow();
    expect(commit).toHaveBeenCalled();
    commit.mockRestore();
    await track("@three:example.org");
    await device.close();
  });

  it("refuses a wrong key", async () => {
    const path = temporaryFile();
    await (await open("@alice:example.org", path)).close();
    const store = openSqliteIndexedDb(path);
    store.install(globalThis);
    await expect(StoreHandle.openWithKey("usher", new Uint8Array(32))).rejects.toThrow();
    await store.close();
  });
});
