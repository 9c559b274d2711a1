import { IDBCursor, IDBCursorWithValue } from "./cursor.ts";
import type { FilePath } from "../../../privacy/declared.ts";
import { IDBDatabase } from "./database.ts";
import { IDBFactory } from "./factory.ts";
import { exception } from "./exception.ts";
import { SqliteFile, type Synchronous } from "./file.ts";
import { IDBIndex } from "./storeIndex.ts";
import { IDBKeyRange, type Bounds } from "./keyRange.ts";
import { Lane, type Turn } from "./lane.ts";
import { IDBObjectStore } from "./objectStore.ts";
import { IDBOpenDBRequest, IDBRequest } from "./request.ts";
import { deleteRows } from "./rows.ts";
import { IDBTransaction } from "./transaction.ts";

/** Records of one store, by their keys. */
export interface Records {
  readonly store: string;
  readonly id: number;
  readonly bounds: Bounds;
}

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
          reject(error instanceof Error ? error : new Error("the file", { cause: error }));
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
  /**
   * By which keys records of stores were read or written while `work` ran, also by whatever else ran meanwhile. Whoever reads those that `hides` is true for finds
   * none. One at a time.
   */
  askedDuring(
    work: () => Promise<unknown>,
    hides?: (records: Records) => boolean,
  ): Promise<readonly Records[]>;
  /** Does `work` once for each `size` records of the store that has this name: see `SqliteFile.eachPage`. Rejects where there is none. */
  eachPage(store: string, size: number, work: () => Promise<unknown>): Promise<void>;
  /** Deletes the records, all of them or, where it rejects, none: in the order of transactions, and durable when it resolves. */
  erase(which: readonly Records[]): Promise<void>;
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
    askedDuring: (work, hides) => askedDuring(file, work, hides),
    eachPage: async (name, size, work) => {
      const id = file.storeNamed(name)?.id;
      if (id === undefined) throw exception("NotFoundError", `there is no store ${name}`);
      await file.eachPage(id, size, work);
    },
    erase: (which) =>
      inTurn(lane, () => {
        erase(file, which);
      }),
    close: () =>
      (closed ??= factory.close().then(() => {
        file.close();
      })),
  };
}

async function askedDuring(
  file: SqliteFile,
  work: () => Promise<unknown>,
  hides: (records: Records) => boolean = () => false,
): Promise<readonly Records[]> {
  const asked: Records[] = [];
  const recordsOf = (id: number, bounds: Bounds): Records | undefined => {
    const store = file.store(id)?.name;
    return store === undefined ? undefined : { store, id, bounds };
  };
  const stop = file.listen((id, bounds) => {
    const records = recordsOf(id, bounds);
    if (records !== undefined) asked.push(records);
  });
  try {
    await file.hiding((id, bounds) => {
      const records = recordsOf(id, bounds);
      return records !== undefined && hides(records);
    }, work);
  } finally {
    stop();
  }
  return asked;
}

function erase(file: SqliteFile, which: readonly Records[]): void {
  try {
    for (const { id, bounds } of which) {
      const store = file.store(id);
      if (store === undefined) throw exception("NotFoundError", "the store has been deleted");
      deleteRows(file, store, bounds);
    }
    file.commit();
  } catch (error) {
    file.rollback();
    throw error;
  }
}
