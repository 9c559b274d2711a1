import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import { IDBKeyRange } from "./keyRange.ts";
import type { IDBObjectStore } from "./objectStore.ts";
import { done, named, openDatabase, temporaryFile, temporaryStore } from "./testStore.ts";

describe("the file", () => {
  it("is readable by its owner alone, its log and folder too", async () => {
    const path = temporaryFile();
    const db = await openDatabase(temporaryStore(path).factory, 1, (db) =>
      db.createObjectStore("s"),
    );
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

  it("is refused where it is damaged, and left as it was", () => {
    const path = temporaryFile();
    mkdirSync(dirname(path));
    writeFileSync(path, "not a database".repeat(1000));
    expect(() => temporaryStore(path)).toThrow("file is not a database");
    expect(readFileSync(path, "utf8")).toBe("not a database".repeat(1000));
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

  it("D28 holds no byte of what was deleted once its log is emptied, while it is open", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const db = await openDatabase(store.factory, 1, (db) => db.createObjectStore("s"));
    const write = (): IDBObjectStore => db.transaction("s", "readwrite").objectStore("s");
    const held = (text: string): readonly boolean[] =>
      [path, `${path}-wal`].map((file) => readFileSync(file).includes(text));
    // Large enough for pages of its own, and small enough to share one.
    const large = "needle-large".repeat(1_000);
    await done(write().put(large, "large"));
    await done(write().put("needle-small", "small"));
    await done(write().put("what stays", "kept"));
    await store.emptyLog();
    expect([held("needle-large"), held("needle-small")]).toEqual([
      [true, false],
      [true, false],
    ]);
    await done(write().delete("large"));
    await done(write().put("another", "small"));
    expect([held("needle-large")[0], held("needle-small")[0]]).toEqual([true, true]);
    await store.emptyLog();
    expect([held("needle-large"), held("needle-small")]).toEqual([
      [false, false],
      [false, false],
    ]);
    expect([held("what stays"), statSync(`${path}-wal`).size]).toEqual([[true, false], 0]);
    expect(await done(db.transaction("s").objectStore("s").get("small"))).toBe("another");
  });

  it("tells which keys are asked for meanwhile, and deletes what lies there, or nothing at all", async () => {
    const store = temporaryStore();
    const db = await openDatabase(store.factory, 1, (db) => {
      for (const name of ["s", "t"]) db.createObjectStore(name).createIndex("n", "n");
    });
    const at = (name: string): IDBObjectStore =>
      db.transaction(name, "readwrite").objectStore(name);
    for (const key of ["a1", "a2", "b1"])
      for (const name of ["s", "t"]) await done(at(name).put({ n: key }, key));
    const a = IDBKeyRange.bound("a", "b");
    const asked = await store.askedDuring(async () => {
      await done(at("s").getAll(a));
      await done(at("t").put({ n: "c" }, "c1"));
      await done(at("t").index("n").get("b1"));
    });
    await done(at("s").get("b1"));
    expect(asked.map(({ store: name, bounds }) => [name, bounds])).toEqual([
      ["s", a.bounds],
      ["t", IDBKeyRange.only("c1").bounds],
    ]);
    await expect(
      store.erase([...asked, ...asked.map((one) => ({ ...one, id: 99 }))]),
    ).rejects.toThrow("deleted");
    expect(await done(at("s").count())).toBe(3);
    await store.erase(asked);
    expect(await done(at("s").getAllKeys())).toEqual(["b1"]);
    expect(await done(at("s").index("n").getAllKeys())).toEqual(["b1"]);
    expect(await done(at("t").getAllKeys())).toEqual(["a1", "a2", "b1"]);
  });

  it("lets a reader that goes through all of it read page by page, each record once, and writers come between", async () => {
    const store = temporaryStore();
    const db = await openDatabase(store.factory, 1, (db) => {
      for (const name of ["s", "t"]) db.createObjectStore(name);
    });
    const at = (name: string, mode: "readonly" | "readwrite" = "readwrite"): IDBObjectStore =>
      db.transaction(name, mode).objectStore(name);
    for (let key = 0; key < 7; key++)
      for (const name of ["s", "t"]) await done(at(name).put(key, `key ${String(key)}`));
    const keys = async (from: IDBObjectStore, query?: unknown): Promise<readonly unknown[]> => {
      const found: unknown[] = [];
      const request = from.openCursor(query);
      for (;;) {
        const cursor = await done<IDBCursorWithValue | null>(request);
        if (cursor === null) return found;
        found.push(cursor.value);
        cursor.continue();
      }
    };
    for (const [size, pages] of [
      [3, [[0, 1, 2], [3, 4, 5], [6]]],
      [7, [[0, 1, 2, 3, 4, 5, 6], []]],
      [9, [[0, 1, 2, 3, 4, 5, 6]]],
    ] as const) {
      const read: (readonly unknown[])[] = [];
      await store.eachPage("s", size, async () => {
        read.push(await keys(at("s", "readonly"), IDBKeyRange.lowerBound("", true)));
        await done(at("s").put(0, "key 0"));
        // Whoever writes, reads elsewhere, or knows what they read, sees all of it.
        expect(await keys(at("s"))).toHaveLength(7);
        expect(await keys(at("t", "readonly"))).toHaveLength(7);
        expect(await keys(at("s", "readonly"), IDBKeyRange.bound("key 1", "key 4"))).toHaveLength(
          4,
        );
      });
      expect(read).toEqual(pages);
    }
    expect(await keys(at("s", "readonly"))).toHaveLength(7);
    await expect(store.eachPage("x", 1, () => Promise.resolve())).rejects.toThrow(
      named("NotFoundError"),
    );
  });

  it("empties its log when what runs has ended, and not after it is closed", async () => {
    const path = temporaryFile();
    const store = temporaryStore(path);
    const db = await openDatabase(store.factory, 1, (db) => db.createObjectStore("s"));
    db.transaction("s", "readwrite").objectStore("s").put("what was begun", "k");
    await store.emptyLog();
    expect(readFileSync(path).includes("what was begun")).toBe(true);
    await store.close();
    await store.emptyLog();
  });
});
