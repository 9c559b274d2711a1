import { afterEach, describe, expect, it, vi } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import { IDBKeyRange } from "./keyRange.ts";
import { done, ended, named, openDatabase, temporaryFile, temporaryStore } from "./testStore.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("upgrades", () => {
  it("of a populated store keep, move and index its records", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const first = await openDatabase(store.factory, 1, (db) => db.createObjectStore("old"));
    const writer = first.transaction("old", "readwrite");
    for (let i = 0; i < 300; i++)
      void writer.objectStore("old").put({ n: i % 7, id: String(i) }, i);
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
    expect(
      await done(records.index("byN").getAllKeys(IDBKeyRange.bound([6, ""], [6, "\uffff"]), 3)),
    ).toEqual([104, 111, 118]);
    expect(await done(records.index("byId").get("299"))).toEqual({ n: 5, id: "299" });
  });

  it("that abort leave the old version, stores and records", async () => {
    const { factory } = temporaryStore();
    const first = await openDatabase(factory, 1, (db) =>
      db.createObjectStore("s").put({ a: 1 }, "k"),
    );
    await done(first.transaction("s", "readwrite").objectStore("s").put({ a: 1 }, "same"));
    first.close();
    // Two records with one key in a unique index.
    const failed = openDatabase(factory, 2, (db, upgrade) => {
      upgrade.objectStore("s").createIndex("i", "a", { unique: true });
      db.createObjectStore("t").put(1, 1);
    });
    await expect(failed).rejects.toThrow(named("AbortError"));
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((task) => {
      expect(task).toThrow("from the handler");
    });
    const thrown = openDatabase(factory, 3, (db) => {
      db.createObjectStore("t");
      throw new Error("from the handler");
    });
    await expect(thrown).rejects.toThrow(named("AbortError"));
    const undone = openDatabase(factory, 3, (db, upgrade) => {
      db.deleteObjectStore("s");
      upgrade.abort();
    });
    await expect(undone).rejects.toThrow(named("AbortError"));
    const again = await openDatabase(factory);
    expect([again.version, [...again.objectStoreNames]]).toEqual([1, ["s"]]);
    expect(await done(again.transaction("s").objectStore("s").getAllKeys())).toEqual(["k", "same"]);
    expect(() => again.transaction("s").objectStore("s").index("i")).toThrow(
      named("NotFoundError"),
    );
    again.close();
    await expect(openDatabase(factory, 4, (db) => db.close())).rejects.toThrow(named("AbortError"));
  });

  it("wait for other connections, tell them, and tell who waits", async () => {
    const { factory } = temporaryStore();
    const old = await openDatabase(factory, 1, (db) => db.createObjectStore("s"));
    const told: unknown[] = [];
    old.onversionchange = (event) =>
      told.push(["versionchange", event.oldVersion, event.newVersion]);
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
