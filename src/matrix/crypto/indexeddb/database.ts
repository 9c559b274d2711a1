import { exception } from "./exception.ts";
import type { SqliteFile } from "./file.ts";
import { deleteRows } from "./rows.ts";
import type { Lane } from "./lane.ts";
import { boundsOf } from "./keyRange.ts";
import { NameList } from "./nameList.ts";
import type { IDBObjectStore } from "./objectStore.ts";
import type { Handler, IDBVersionChangeEvent } from "./request.ts";
import type { DatabaseSchema } from "./schema.ts";
import { IDBTransaction } from "./transaction.ts";

/** `IDBDatabase` of IndexedDB 3.0, section 4.4: one connection to a database. */
export class IDBDatabase {
  onabort: Handler = null;
  onerror: Handler = null;
  onversionchange: Handler<IDBVersionChangeEvent> = null;
  readonly name: string;
  /** As the running upgrade has made it, else as it is committed. Only this folder changes it. */
  schema: DatabaseSchema;
  /** Resolves when `close` was called and the last transaction has ended. */
  readonly closed: Promise<void>;
  readonly #file: SqliteFile;
  readonly #lane: Lane;
  readonly #live = new Set<IDBTransaction>();
  readonly #whenClosed: () => void;
  #upgrade: IDBTransaction | undefined;
  #closing = false;

  constructor(file: SqliteFile, lane: Lane, name: string) {
    this.#file = file;
    this.#lane = lane;
    this.name = name;
    this.schema = file.schema(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#whenClosed = resolve;
  }

  get version(): number {
    return this.schema.version;
  }

  get objectStoreNames(): NameList {
    return NameList.sorted(this.schema.stores.map((store) => store.name));
  }

  get closing(): boolean {
    return this.#closing;
  }

  transaction(
    names: string | Iterable<string>,
    mode: "readonly" | "readwrite" = "readonly",
  ): IDBTransaction {
    if (this.#upgrade) throw exception("InvalidStateError", "the database is being upgraded");
    if (this.#closing) throw exception("InvalidStateError", "the connection is closed");
    const scope = [...new Set(typeof names === "string" ? [names] : names)];
    const known = this.objectStoreNames;
    if (!scope.every((name) => known.contains(name)))
      throw exception("NotFoundError", "the database has no such store");
    if (scope.length === 0) throw exception("InvalidAccessError", "a transaction needs a store");
    if (mode !== "readonly" && mode !== "readwrite")
      throw new TypeError("a transaction is readonly or readwrite");
    return this.#begin(new IDBTransaction(this, this.#file, mode, scope));
  }

  /** In an upgrade only. */
  createObjectStore(
    name: string,
    options: { readonly keyPath?: unknown; readonly autoIncrement?: boolean } = {},
  ): IDBObjectStore {
    const upgrade = this.#checkUpgrade();
    if (this.objectStoreNames.contains(name))
      throw exception("ConstraintError", "the database has a store of this name");
    const { keyPath, autoIncrement } = options;
    if ((keyPath !== undefined && keyPath !== null) || autoIncrement === true) {
      throw exception("NotSupportedError", "keys are given by the caller");
    }
    this.schema = {
      ...this.schema,
      stores: [...this.schema.stores, { id: this.#file.newId(), name, indexes: [] }],
    };
    return upgrade.objectStore(name);
  }

  /** In an upgrade only. */
  deleteObjectStore(name: string): void {
    const upgrade = this.#checkUpgrade();
    const store = this.schema.stores.find((one) => one.name === name);
    if (!store) throw exception("NotFoundError", "the database has no such store");
    this.schema = { ...this.schema, stores: this.schema.stores.filter((one) => one !== store) };
    upgrade.also(() => {
      deleteRows(this.#file, store, boundsOf(undefined, true));
    });
  }

  /** No more transactions; those already there end in their own time. */
  close(): void {
    this.#closing = true;
    if (this.#live.size === 0) this.#whenClosed();
  }

  /** Only this folder calls it. `told` runs when the upgrade has begun, with the database at its new version. */
  upgradeTo(version: number, told: (upgrade: IDBTransaction) => void): IDBTransaction {
    const upgrade = new IDBTransaction(this, this.#file, "versionchange", []);
    this.#upgrade = upgrade;
    upgrade.also(() => {
      this.schema = { ...this.schema, version };
      told(upgrade);
    });
    return this.#begin(upgrade);
  }

  #begin(transaction: IDBTransaction): IDBTransaction {
    this.#live.add(transaction);
    void transaction.ended.then(() => {
      this.#live.delete(transaction);
      if (this.#upgrade === transaction) this.#upgrade = undefined;
      this.#lane.remove(transaction);
      if (this.#closing && this.#live.size === 0) this.#whenClosed();
    });
    this.#lane.add(transaction);
    return transaction;
  }

  #checkUpgrade(): IDBTransaction {
    if (!this.#upgrade)
      throw exception("InvalidStateError", "only an upgrade changes stores and indexes");
    this.#upgrade.checkActive();
    return this.#upgrade;
  }
}
