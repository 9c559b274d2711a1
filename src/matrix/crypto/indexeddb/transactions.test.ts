import { afterEach, describe, expect, it, vi } from "vitest";
import { SqliteFile } from "./file.ts";
import type { IDBRequest } from "./request.ts";
import { done, ended, named, openDatabase, temporaryFile, temporaryStore } from "./testStore.ts";

afterEach(() => {
  vi.restoreAllMocks();
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

  it("whose write SQLite refuses abort, whatever a handler says", async () => {
    const db = await openDatabase(temporaryStore().factory, 1, (db) => db.createObjectStore("s"));
    const transaction = db.transaction("s", "readwrite");
    const store = transaction.objectStore("s");
    store.put(1, "before");
    const refused = store.put(2, "refused");
    store.put(3, "after");
    let inserts = 0;
    const { statement } = SqliteFile.prototype;
    vi.spyOn(SqliteFile.prototype, "statement").mockImplementation(function (
      this: SqliteFile,
      sql,
    ) {
      if (sql.startsWith("INSERT INTO record") && ++inserts === 2)
        throw new Error("disk I/O error");
      return statement.call(this, sql);
    });
    refused.onerror = (event) => event.preventDefault();
    expect(await ended(transaction)).toBe("abort");
    expect(transaction.error).toEqual(named("UnknownError"));
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
