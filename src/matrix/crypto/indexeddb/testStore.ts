import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { IDBDatabase } from "./database.ts";
import type { IDBFactory } from "./factory.ts";
import type { IDBRequest } from "./request.ts";
import { openSqliteIndexedDb, type SqliteIndexedDb } from "./sqliteIndexedDb.ts";
import type { IDBTransaction } from "./transaction.ts";

/** The path of a store's file in a folder that goes when the test ends. */
export function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "usher-indexeddb-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "data", "crypto.sqlite");
}

/** A store in a file of its own, closed when the test ends. */
export function temporaryStore(path = temporaryFile()): SqliteIndexedDb {
  const store = openSqliteIndexedDb(path, { synchronous: "NORMAL" });
  onTestFinished(() => store.close());
  return store;
}

/** A request's result; rejects with its error. */
export function done<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error as DOMException);
  });
}

export function ended(transaction: IDBTransaction): Promise<"complete" | "abort"> {
  return new Promise((resolve) => {
    transaction.oncomplete = () => resolve("complete");
    transaction.onabort = () => resolve("abort");
  });
}

/** Opens a database and lets `upgrade` make its stores. */
export function openDatabase(
  factory: IDBFactory,
  version?: number,
  upgrade: (db: IDBDatabase, transaction: IDBTransaction, oldVersion: number) => void = () => undefined,
): Promise<IDBDatabase> {
  const request = factory.open("test", version);
  request.onupgradeneeded = (event) => {
    upgrade(request.result as IDBDatabase, request.transaction as IDBTransaction, event.oldVersion);
  };
  return done(request);
}
