import { describe, expect, it } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import { IDBKeyRange } from "./keyRange.ts";
import { IDBOpenDBRequest, IDBRequest } from "./request.ts";
import { done, ended, named, openDatabase, temporaryStore } from "./testStore.ts";

describe("requests", () => {
  it("wait to be read until they are done", async () => {
    const { factory } = temporaryStore();
    for (const version of [0, -1, 1.5, NaN])
      expect(() => factory.open("test", version)).toThrow(TypeError);
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
      expect(() => transaction.objectStore("s").createIndex("i", "b")).toThrow(
        named("ConstraintError"),
      );
      expect(() => transaction.objectStore("s").createIndex("j", "b..c")).toThrow(
        named("SyntaxError"),
      );
      expect(() =>
        transaction.objectStore("s").createIndex("j", "b", { multiEntry: true }),
      ).toThrow(named("NotSupportedError"));
      expect(() => db.createObjectStore("t", { keyPath: "a" })).toThrow(named("NotSupportedError"));
      expect(() => db.createObjectStore("t", { autoIncrement: true })).toThrow(
        named("NotSupportedError"),
      );
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
    expect([range.lower, range.upper, range.lowerOpen, range.upperOpen]).toEqual([
      "a",
      ["b"],
      true,
      false,
    ]);
    expect([IDBKeyRange.lowerBound(1).upper, IDBKeyRange.lowerBound(1).upperOpen]).toEqual([
      undefined,
      true,
    ]);
    expect([
      IDBKeyRange.upperBound(1, true).lower,
      IDBKeyRange.upperBound(1, true).upperOpen,
    ]).toEqual([undefined, true]);
    for (const [lower, upper, open] of [[2, 1, false], [1, 1, true], ["a", 1, false], [NaN, 1, false]] as const) {
      expect(() => IDBKeyRange.bound(lower, upper, open)).toThrow(named("DataError"));
    } // prettier-ignore
  });
});

describe("cursors", () => {
  it("change and delete what they stand on, over a store and over an index", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) =>
      db.createObjectStore("s").createIndex("i", "n"),
    );
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
