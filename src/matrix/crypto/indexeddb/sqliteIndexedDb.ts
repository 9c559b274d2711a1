import { IDBCursor, IDBCursorWithValue } from "./cursor.ts";
import type { FilePath } from "../../../privacy/declared.ts";
import { IDBDatabase } from "./database.ts";
import { IDBFactory } from "./factory.ts";
import { SqliteFile, type Synchronous } from "./file.ts";
import { IDBIndex } from "./storeIndex.ts";
import { IDBKeyRange } from "./keyRange.ts";
import { Lane, type Turn } from "./lane.ts";
import { IDBObjectStore } from "./objectStore.ts";
import { IDBOpenDBRequest, IDBRequest } from "./request.ts";
import { IDBTransaction } from "./transaction.ts";

/** Runs something alone at the file, when its time comes. */
function inTurn(lane: Lane, work: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const turn: Turn = {
      shared: false,
      start: () => {
        try {
          work();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error("the log", { cause: error }));
        } finally {
          lane.remove(turn);
        }
      },
    };
    lane.add(turn);
  });
}

const classes = {
  IDBCursor,
  IDBCursorWithValue,
  IDBDatabase,
  IDBFactory,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBOpenDBRequest,
  IDBRequest,
  IDBTransaction,
};

/** An IndexedDB whose databases live in one SQLite file. */
export interface SqliteIndexedDb {
  readonly factory: IDBFactory;
  /** Makes this the IndexedDB of a global object, classes included: WebAssembly made for browsers looks for them there when it opens a store. */
  install(global: object): void;
  /** When no transaction runs: what was deleted is gone from the disk, also from the write-ahead log. Rejects where the disk does not take it. */
  emptyLog(): Promise<void>;
  /** Takes no more requests, lets what was begun end, and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens or creates the file. What a transaction has told as `complete` is on the disk: with `FULL` (the default) also after a loss of power,
 * with `NORMAL` after the end of the process. One process at a time: throws where another holds the file, or where it is damaged.
 */
export function openSqliteIndexedDb(
  path: FilePath,
  options: { readonly synchronous?: Synchronous } = {},
): SqliteIndexedDb {
  const file = new SqliteFile(path, options.synchronous ?? "FULL");
  const lane = new Lane();
  const factory = new IDBFactory(file, lane);
  let closed: Promise<void> | undefined;
  return {
    factory,
    install: (global) => {
      Object.assign(global, classes, { indexedDB: factory });
    },
    emptyLog: async () => {
      if (closed === undefined)
        await inTurn(lane, () => {
          file.emptyLog();
        });
    },
    close: () =>
      (closed ??= factory.close().then(() => {
        file.close();
      })),
  };
}
