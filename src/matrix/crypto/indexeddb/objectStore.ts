import { exception } from "./exception.ts";
import { IDBIndex } from "./storeIndex.ts";
import { boundsOf, type Bounds } from "./keyRange.ts";
import { checkKeyPath, decodeKey, encodeKey, keyAt, type KeyPath } from "./keys.ts";
import { Readable } from "./readable.ts";
import type { IDBRequest } from "./request.ts";
import { deleteRows, fillIndex, putRow, type Source } from "./rows.ts";
import type { StoreSchema } from "./schema.ts";
import type { TransactionView } from "./views.ts";
import { encodeValue } from "./values.ts";

/** `IDBObjectStore` of IndexedDB 3.0, section 4.5, with keys given by the caller (no key path, no generator). */
export class IDBObjectStore extends Readable {
  readonly #id: number;

  constructor(transaction: TransactionView, id: number) {
    super(transaction);
    this.#id = id;
  }

  put(value: unknown, key: unknown): IDBRequest {
    return this.write(this, value, key, "replace");
  }

  /** As `put`, but fails with ConstraintError where the key is taken. */
  add(value: unknown, key: unknown): IDBRequest {
    return this.write(this, value, key, "keep");
  }

  /** Deletes the record with a key, or those within a range. */
  delete(query: unknown): IDBRequest {
    return this.erase(this, () => boundsOf(query, false));
  }

  clear(): IDBRequest {
    return this.erase(this, () => boundsOf(undefined, true));
  }

  /** In an upgrade only. Aborts it with ConstraintError where a unique index would have two records with the same key. */
  createIndex(
    name: string,
    path: KeyPath,
    options: { readonly unique?: boolean; readonly multiEntry?: boolean } = {},
  ): IDBIndex {
    const { db, file } = this.transaction;
    this.transaction.checkUpgrade();
    const store = this.#schema();
    if (store.indexes.some((index) => index.name === name))
      throw exception("ConstraintError", "the store has an index of this name");
    checkKeyPath(path);
    if (options.multiEntry === true)
      throw exception("NotSupportedError", "an index has one entry for each record");
    const index = {
      id: file.newId(),
      name,
      path: typeof path === "string" ? path : [...path],
      unique: options.unique === true,
    };
    const changed = { ...store, indexes: [...store.indexes, index] };
    db.schema = {
      ...db.schema,
      stores: db.schema.stores.map((one) => (one === store ? changed : one)),
    };
    this.transaction.also(() => {
      fillIndex(file, store.id, index);
    });
    return new IDBIndex(this, index);
  }

  index(name: string): IDBIndex {
    this.transaction.checkUnfinished();
    const index = this.#schema().indexes.find((one) => one.name === name);
    if (!index) throw exception("NotFoundError", "the store has no such index");
    return new IDBIndex(this, index);
  }

  /** Only this folder calls what follows. `source` is what the request says it came from: this store, or a cursor over it. */
  write(source: object, value: unknown, key: unknown, taken: "replace" | "keep"): IDBRequest {
    const store = this.#schema();
    this.transaction.checkWritable();
    const primary = encodeKey(key);
    const bytes = encodeValue(value);
    const entries = store.indexes.map((index) => ({ index, key: keyAt(value, index.path) }));
    return this.transaction.request(source, () => {
      putRow(this.transaction.file, store.id, primary, bytes, entries, taken);
      return decodeKey(primary);
    });
  }

  erase(source: object, which: () => Bounds): IDBRequest {
    const store = this.#schema();
    this.transaction.checkWritable();
    const bounds = which();
    return this.transaction.request(source, () => {
      deleteRows(this.transaction.file, store, bounds);
    });
  }

  override rows(): Source {
    return { store: this.#schema().id };
  }

  protected override store(): IDBObjectStore {
    return this;
  }

  #schema(): StoreSchema {
    const schema = this.transaction.db.schema.stores.find((one) => one.id === this.#id);
    if (!schema) throw exception("InvalidStateError", "the store has been deleted");
    return schema;
  }
}
