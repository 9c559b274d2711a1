import { statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import { SqliteFile } from "./file.ts";
import { IDBKeyRange } from "./keyRange.ts";
import { IDBOpenDBRequest, IDBRequest } from "./request.ts";
import { done, ended, openDatabase, temporaryFile, temporaryStore } from "./testStore.ts";

const named = (name: string) => expect.objectContaining({ name }) as Error;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the file", () => {
  it("is readable by its owner alone, its log and folder too", async () => {
    const path = temporaryFile();
    const db = await openDatabase(temporaryStore(path).factory, 1, (db) => db.createObjectStore("s"));
    await done(db.transaction("s", "readwrite").objectStore("s").put(1, 1));
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it("belongs to one opener at a time", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    expect(() => temporaryStore(path)).toThrow("database is locked");
    await store.close();
    expect(() => temporaryStore(path)).not.toThrow();
  });

  it("is refused where a newer format wrote it", async () => {
    const path = temporaryFile();
    await temporaryStore(path).close();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 2");
    db.close();
    expect(() => temporaryStore(path)).toThrow("the store has format 2");
  });

  it("closes only when what was begun has ended, and then takes nothing", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const db = await openDatabase(store.factory, 1, (db) => db.createObjectStore("s"));
    const transaction = db.transaction("s", "readwrite");
    const told: string[] = [];
    transaction.oncomplete = () => told.push("complete");
    transaction.objectStore("s").put("kept", "k");
    await store.close();
    expect(told).toEqual(["complete"]);
    expect(() => db.transaction("s")).toThrow(named("InvalidStateError"));
    await expect(openDatabase(store.factory)).rejects.toThrow(named("InvalidStateError"));
    const again = await openDatabase(temporaryStore(path).factory);
    expect(await done(again.transaction("s").objectStore("s").get("k"))).toBe("kept");
  });
});

describe("requests", () => {
  it("wait to be read until they are done", async () => {
    const { factory } = temporaryStore();
    for (const version of [0, -1, 1.5, NaN]) expect(() => factory.open("test", version)).toThrow(TypeError);
    const request = factory.open("test", 1);
    expect(request).toBeInstanceOf(IDBOpenDBRequest);
    expect(request).toBeInstanceOf(IDBRequest);
    expect(request.readyState).toBe("pending");
    expect(() => request.result).toThrow(named("InvalidStateError"));
    expect(() => request.error).toThrow(named("InvalidStateError"));
    await done(request);
    expect([request.readyState, request.error, request.transaction]).toEqual(["done", null, null]);
  });

  it("each have a turn of the event loop, so that what follows one runs before the next", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const store = db.transaction("s", "readwrite").objectStore("s");
    const order: string[] = [];
    const last = ["a", "b", "c"].map(async (key) => {
      await done(store.put(1, key));
      order.push(key);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      order.push(`after ${key}`);
    });
    await Promise.all(last);
    expect(order).toEqual(["a", "after a", "b", "after b", "c", "after c"]);
  });

  it("tell their event's target, up to the transaction and the database", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const transaction = db.transaction("s", "readwrite");
    const store = transaction.objectStore("s");
    store.put(1, "k");
    const twice = store.add(2, "k");
    const seen: unknown[] = [];
    twice.onerror = (event) => seen.push(["request", event.type, event.target === twice]);
    transaction.onerror = (event) => seen.push(["transaction", event.type, event.target === twice]);
    db.onerror = (event) => seen.push(["database", event.type, event.target === twice]);
    db.onabort = (event) => seen.push(["database", event.type, event.target === transaction]);
    expect(await ended(transaction)).toBe("abort");
    await Promise.resolve();
    expect(transaction.error).toEqual(named("ConstraintError"));
    expect(seen).toEqual([
      ["request", "error", true],
      ["transaction", "error", true],
      ["database", "error", true],
      ["database", "abort", true],
    ]);
  });

  it("are refused where IndexedDB refuses them", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db, transaction) => {
      db.createObjectStore("s").createIndex("i", "a");
      expect(() => db.createObjectStore("s")).toThrow(named("ConstraintError"));
      expect(() => transaction.objectStore("s").createIndex("i", "b")).toThrow(named("ConstraintError"));
      expect(() => transaction.objectStore("s").createIndex("j", "b..c")).toThrow(named("SyntaxError"));
      expect(() => transaction.objectStore("s").createIndex("j", "b", { multiEntry: true })).toThrow(named("NotSupportedError"));
      expect(() => db.createObjectStore("t", { keyPath: "a" })).toThrow(named("NotSupportedError"));
      expect(() => db.createObjectStore("t", { autoIncrement: true })).toThrow(named("NotSupportedError"));
      expect(() => db.deleteObjectStore("t")).toThrow(named("NotFoundError"));
      expect(() => db.transaction("s")).toThrow(named("InvalidStateError"));
    });
    expect(() => db.createObjectStore("t")).toThrow(named("InvalidStateError"));
    expect(() => db.transaction([])).toThrow(named("InvalidAccessError"));
    expect(() => db.transaction(["s", "t"])).toThrow(named("NotFoundError"));
    expect(() => db.transaction("s", "versionchange" as "readwrite")).toThrow(TypeError);

    const reading = db.transaction("s");
    const store = reading.objectStore("s");
    expect(() => store.put(1, 1)).toThrow(named("ReadOnlyError"));
    expect(() => store.clear()).toThrow(named("ReadOnlyError"));
    expect(() => store.createIndex("j", "b")).toThrow(named("InvalidStateError"));
    expect(() => store.get(undefined)).toThrow(named("DataError"));
    expect(() => store.index("j")).toThrow(named("NotFoundError"));
    expect(() => reading.objectStore("t")).toThrow(named("NotFoundError"));
    expect(() => store.openCursor(null, "prev")).toThrow(named("NotSupportedError"));
    reading.abort();
    expect(() => reading.abort()).toThrow(named("InvalidStateError"));
    expect(() => reading.commit()).toThrow(named("InvalidStateError"));
    expect(() => reading.objectStore("s")).toThrow(named("InvalidStateError"));
    expect(() => store.get(1)).toThrow(named("TransactionInactiveError"));

    const writing = db.transaction("s", "readwrite").objectStore("s");
    expect(() => writing.put(1, undefined)).toThrow(named("DataError"));
    expect(() => writing.delete(undefined)).toThrow(named("DataError"));
    expect(() => writing.put(() => 1, 1)).toThrow(named("DataCloneError"));
    db.close();
    expect(() => db.transaction("s")).toThrow(named("InvalidStateError"));
  });
});

describe("ranges", () => {
  it("have the bounds they were given, and refuse to be empty", () => {
    const range = IDBKeyRange.bound("a", ["b"], true, false);
    expect([range.lower, range.upper, range.lowerOpen, range.upperOpen]).toEqual(["a", ["b"], true, false]);
    expect([IDBKeyRange.lowerBound(1).upper, IDBKeyRange.lowerBound(1).upperOpen]).toEqual([undefined, true]);
    expect([IDBKeyRange.upperBound(1, true).lower, IDBKeyRange.upperBound(1, true).upperOpen]).toEqual([undefined, true]);
    for (const [lower, upper, open] of [[2, 1, false], [1, 1, true], ["a", 1, false], [NaN, 1, false]] as const) {
      expect(() => IDBKeyRange.bound(lower, upper, open)).toThrow(named("DataError"));
    } // prettier-ignore
  });
});

describe("transactions", () => {
  it("run one after another where one writes, and show a reader only what is committed", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const order: string[] = [];
    const writer = db.transaction("s", "readwrite");
    const reader = db.transaction("s");
    const undone = db.transaction("s", "readwrite");
    const other = db.transaction("s");
    const run = async (name: string, transaction: typeof writer, act: () => IDBRequest) => {
      const end = ended(transaction);
      const result = await done(act());
      order.push(`${name} ${String(result)}`);
      if (transaction === undone) transaction.abort();
      order.push(`${name} ${await end}`);
    };
    await Promise.all([
      run("other", other, () => other.objectStore("s").get("k")),
      run("undone", undone, () => undone.objectStore("s").put("two", "k")),
      run("reader", reader, () => reader.objectStore("s").get("k")),
      run("writer", writer, () => writer.objectStore("s").put("one", "k")),
    ]);
    expect(order).toEqual([
      ...["writer k", "writer complete", "reader one", "reader complete"],
      ...["undone k", "undone abort", "other one", "other complete"],
    ]);
  });

  it("of readers dropped by abort hold nobody up, begun or not", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const begin = vi.spyOn(SqliteFile.prototype, "begin");
    const rollback = vi.spyOn(SqliteFile.prototype, "rollback");
    for (let i = 0; i < 100; i++) {
      const reader = db.transaction("s");
      if (i % 2 === 0) await done(reader.objectStore("s").get("k"));
      reader.abort();
    }
    expect(begin).not.toHaveBeenCalled();
    expect(rollback).not.toHaveBeenCalled();
    const waiting = db.transaction("s", "readwrite");
    const behind = db.transaction("s", "readwrite");
    waiting.objectStore("s").put("never", "w");
    behind.objectStore("s").put(1, "k");
    waiting.abort();
    expect(await ended(behind)).toBe("complete");
    expect(await done(db.transaction("s").objectStore("s").getAllKeys())).toEqual(["k"]);
  });

  it("that abort before their start undo nothing of the one that runs", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const running = db.transaction("s", "readwrite");
    const waiting = db.transaction("s", "readwrite");
    await done(running.objectStore("s").put(1, "k"));
    waiting.abort();
    expect(await ended(running)).toBe("complete");
    expect(await done(db.transaction("s").objectStore("s").count())).toBe(1);
  });

  it("abort when a handler throws, and the exception is not swallowed", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const thrown: (() => void)[] = [];
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => thrown.push(task));
    const transaction = db.transaction("s", "readwrite");
    transaction.objectStore("s").put(1, "k").onsuccess = () => {
      throw new Error("from the handler");
    };
    expect(await ended(transaction)).toBe("abort");
    expect(transaction.error).toEqual(named("AbortError"));
    expect(thrown).toHaveLength(1);
    expect(thrown[0]).toThrow("from the handler");
    expect(await done(db.transaction("s").objectStore("s").count())).toBe(0);
  });

  it("whose commit fails abort, and the next write works", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const db = await openDatabase(store.factory, 1, (db) => db.createObjectStore("s"));
    vi.spyOn(SqliteFile.prototype, "commit").mockImplementationOnce(() => {
      throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
    });
    const failing = db.transaction("s", "readwrite");
    failing.objectStore("s").put(1, "lost");
    expect(await ended(failing)).toBe("abort");
    expect(failing.error).toEqual(named("QuotaExceededError"));
    const next = db.transaction("s", "readwrite");
    next.objectStore("s").put(2, "kept");
    expect(await ended(next)).toBe("complete");
    await store.close();
    const again = await openDatabase(temporaryStore(path).factory);
    expect(await done(again.transaction("s").objectStore("s").getAllKeys())).toEqual(["kept"]);
  });
});

describe("cursors", () => {
  it("change and delete what they stand on, over a store and over an index", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s").createIndex("i", "n"));
    const transaction = db.transaction("s", "readwrite");
    const store = transaction.objectStore("s");
    for (const [key, n] of [["a", 3], ["b", 2], ["c", 1], ["d", 2]] as const) void store.put({ n }, key); // prettier-ignore
    const seen: unknown[] = [];
    const request = store.index("i").openCursor(IDBKeyRange.lowerBound(2));
    request.onsuccess = () => {
      const cursor = request.result as IDBCursorWithValue | null;
      if (!cursor) return;
      expect(cursor.request).toBe(request);
      seen.push([cursor.key, cursor.primaryKey, cursor.value]);
      if (cursor.primaryKey === "b") cursor.delete();
      if (cursor.primaryKey === "d") cursor.update({ n: 9 });
      cursor.continue();
      expect(() => cursor.continue()).toThrow(named("InvalidStateError"));
      expect(() => cursor.delete()).toThrow(named("InvalidStateError"));
    };
    expect(await ended(transaction)).toBe("complete");
    // Changed to 9, the record lies ahead and is met again.
    expect(seen).toEqual([
      [2, "b", { n: 2 }],
      [2, "d", { n: 2 }],
      [3, "a", { n: 3 }],
      [9, "d", { n: 9 }],
    ]);
    const index = db.transaction("s").objectStore("s").index("i");
    expect(await done(index.getAllKeys())).toEqual(["c", "a", "d"]);
    expect(await done(index.count(IDBKeyRange.upperBound(3, true)))).toBe(1);
  });
});

describe("upgrades", () => {
  it("of a populated store keep, move and index its records", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const first = await openDatabase(store.factory, 1, (db) => db.createObjectStore("old"));
    const writer = first.transaction("old", "readwrite");
    for (let i = 0; i < 300; i++) void writer.objectStore("old").put({ n: i % 7, id: String(i) }, i);
    await ended(writer);
    first.close();

    const second = await openDatabase(store.factory, 2, (db, upgrade, oldVersion) => {
      expect(oldVersion).toBe(1);
      const target = db.createObjectStore("new");
      target.createIndex("byN", ["n", "id"]);
      const request = upgrade.objectStore("old").openCursor();
      request.onsuccess = () => {
        const cursor = request.result as IDBCursorWithValue | null;
        if (!cursor) {
          db.deleteObjectStore("old");
          target.createIndex("byId", "id", { unique: true });
          return;
        }
        target.put(cursor.value, cursor.key);
        cursor.continue();
      };
    });
    second.close();
    await store.close();

    const third = await openDatabase(temporaryStore(path).factory);
    expect([third.version, [...third.objectStoreNames]]).toEqual([2, ["new"]]);
    const records = third.transaction("new").objectStore("new");
    expect(await done(records.count())).toBe(300);
    expect(await done(records.index("byN").getAllKeys(IDBKeyRange.bound([6, ""], [6, "\uffff"]), 3))).toEqual([104, 111, 118]);
    expect(await done(records.index("byId").get("299"))).toEqual({ n: 5, id: "299" });
  });

  it("that abort leave the old version, stores and records", async () => {
    const { factory } = temporaryStore();
    const first = await openDatabase(factory, 1, (db) => db.createObjectStore("s").put({ a: 1 }, "k"));
    await done(first.transaction("s", "readwrite").objectStore("s").put({ a: 1 }, "same"));
    first.close();
    // Two records with one key in a unique index.
    const failed = openDatabase(factory, 2, (db, upgrade) => {
      upgrade.objectStore("s").createIndex("i", "a", { unique: true });
      db.createObjectStore("t").put(1, 1);
    });
    await expect(failed).rejects.toThrow(named("AbortError"));
    const undone = openDatabase(factory, 3, (db, upgrade) => {
      db.deleteObjectStore("s");
      upgrade.abort();
    });
    await expect(undone).rejects.toThrow(named("AbortError"));
    const again = await openDatabase(factory);
    expect([again.version, [...again.objectStoreNames]]).toEqual([1, ["s"]]);
    expect(await done(again.transaction("s").objectStore("s").getAllKeys())).toEqual(["k", "same"]);
    expect(() => again.transaction("s").objectStore("s").index("i")).toThrow(named("NotFoundError"));
    again.close();
    await expect(openDatabase(factory, 4, (db) => void db.close())).rejects.toThrow(named("AbortError"));
  });

  it("wait for other connections, tell them, and tell who waits", async () => {
    const { factory } = temporaryStore();
    const old = await openDatabase(factory, 1, (db) => db.createObjectStore("s"));
    const told: unknown[] = [];
    old.onversionchange = (event) => told.push(["versionchange", event.oldVersion, event.newVersion]);
    const request = factory.open("test", 2);
    const opened = done(request);
    request.onupgradeneeded = () => told.push(["upgradeneeded"]);
    await new Promise<void>((resolve) => {
      request.onblocked = () => {
        told.push(["blocked"]);
        resolve();
      };
    });
    const last = old.transaction("s", "readwrite");
    last.oncomplete = () => told.push(["complete"]);
    last.objectStore("s").put(1, 1);
    old.close();
    await opened;
    expect(told).toEqual([["versionchange", 1, 2], ["blocked"], ["complete"], ["upgradeneeded"]]);
    await expect(openDatabase(factory, 1)).rejects.toThrow(named("VersionError"));
  });
});
