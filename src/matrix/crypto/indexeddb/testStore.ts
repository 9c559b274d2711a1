import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fake from "fake-indexeddb";
import { expect, onTestFinished } from "vitest";
import type { FilePath } from "../../../privacy/declared.ts";
import type { IDBDatabase } from "./database.ts";
import type { IDBFactory } from "./factory.ts";
import type { IDBKeyRange } from "./keyRange.ts";
import type { IDBRequest } from "./request.ts";
import { openSqliteIndexedDb, type SqliteIndexedDb } from "./sqliteIndexedDb.ts";
import type { IDBTransaction } from "./transaction.ts";

/** Another IndexedDB, in memory, whose own types are those of browsers. */
export const oracle = fake as unknown as {
  readonly IDBFactory: new () => IDBFactory & { cmp(a: unknown, b: unknown): number };
  readonly IDBKeyRange: typeof IDBKeyRange;
};

/** The path of a store's file in a folder that goes when the test ends. */
export function temporaryFile(): FilePath {
  const folder = mkdtempSync(join(tmpdir(), "usher-indexeddb-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, "data", "crypto.sqlite") as FilePath;
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
    request.onerror = () =>
      reject(request.error ?? new Error("the request failed without an error"));
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
  upgrade: (db: IDBDatabase, transaction: IDBTransaction, oldVersion: number) => void = () =>
    undefined,
): Promise<IDBDatabase> {
  const request = factory.open("test", version);
  request.onupgradeneeded = (event) => {
    upgrade(request.result as IDBDatabase, request.transaction as IDBTransaction, event.oldVersion);
  };
  return done(request);
}

/** Matches an exception by its name. */
export const named = (name: string): Error => expect.objectContaining({ name }) as Error;
