import type { SqliteFile } from "./file.ts";
import type { Bounds } from "./keyRange.ts";
import type { NameList } from "./nameList.ts";
import type { Handler, IDBRequest } from "./request.ts";
import type { Source } from "./rows.ts";
import type { DatabaseSchema } from "./schema.ts";

/**
 * What the parts of a database see of those that are made of them. IndexedDB's objects point at each other; through these the files that define
 * them need not.
 */
export interface ConnectionView {
  readonly name: string;
  schema: DatabaseSchema;
  readonly objectStoreNames: NameList;
  readonly onerror: Handler;
  readonly onabort: Handler;
}

export interface TransactionView {
  readonly mode: "readonly" | "readwrite" | "versionchange";
  readonly db: ConnectionView;
  readonly file: SqliteFile;
  checkActive(): void;
  checkWritable(): void;
  checkUpgrade(): void;
  checkUnfinished(): void;
  request(source: object, run: () => unknown, again?: IDBRequest): IDBRequest;
  also(run: () => void): void;
}

/** A store or an index, as a cursor goes through it. */
export interface SourceView {
  /** Throws where it is gone. */
  rows(): Source;
}

export interface StoreView {
  readonly transaction: TransactionView;
  write(source: object, value: unknown, key: unknown, taken: "replace" | "keep"): IDBRequest;
  erase(source: object, which: () => Bounds): IDBRequest;
}
