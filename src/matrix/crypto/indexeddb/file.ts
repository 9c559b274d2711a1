import type { DatabaseSync, StatementSync } from "node:sqlite";
import { makeFolders } from "../../../files/folders.ts";
import { openSqlite } from "../../../files/sqlite.ts";
import { folderOf, type FilePath } from "../../../privacy/declared.ts";
import type { Bounds } from "./keyRange.ts";
import { emptySchema, parseSchema, type DatabaseSchema, type StoreSchema } from "./schema.ts";

/** How far a commit goes before it counts: FULL survives a loss of power, NORMAL a killed process. */
export type Synchronous = "FULL" | "NORMAL";

const format = 1;

// `record` keeps its rowid: values are larger than what a WITHOUT ROWID tree holds in its pages.
// `entry` is found by record (to replace and delete) and by key (to read); a record has one entry at most in an index.
const tables = `
  CREATE TABLE database (name TEXT PRIMARY KEY, schema TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE record (store INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, UNIQUE (store, key)) STRICT;
  CREATE TABLE entry (idx INTEGER NOT NULL, record BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (idx, record)) STRICT, WITHOUT ROWID;
  CREATE INDEX entry_by_key ON entry (idx, key, record);
  PRAGMA user_version = ${String(format)};
`;

/** Some records of a store in the order of their keys: those after one, to another; absent, from the first or to the last. */
interface Page {
  readonly store: number;
  readonly after: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
}

/** The SQLite file under all databases of one store: one connection, one transaction at a time, prepared statements kept. */
export class SqliteFile {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #schemas = new Map<string, DatabaseSchema>();
  readonly #listeners = new Set<(store: number, bounds: Bounds) => void>();
  #hides: ((store: number, bounds: Bounds) => boolean) | undefined;
  #page: Page | undefined;
  #lastId = 0;

  /**
   * Opens or creates the file, readable by its owner alone; the write-ahead log beside it takes the file's mode from SQLite.
   * Throws where another process holds the file, where it is damaged, or where a newer format wrote it.
   */
  constructor(path: FilePath, synchronous: Synchronous) {
    makeFolders(folderOf(path));
    this.#db = openSqlite(path);
    try {
      // The lock comes before the log, so that the log's index lives in this process and needs no file.
      this.#db.exec(
        `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA secure_delete = ON`,
      );
      this.#prepareTables();
      for (const row of this.statement("SELECT name, schema FROM database").all()) {
        const schema = parseSchema(String(row["schema"]));
        this.#schemas.set(String(row["name"]), schema);
        for (const store of schema.stores)
          this.#lastId = Math.max(
            this.#lastId,
            store.id,
            ...store.indexes.map((index) => index.id),
          );
      }
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepareTables(): void {
    this.begin();
    const found = this.statement("PRAGMA user_version").get()?.["user_version"];
    if (found !== 0 && found !== format)
      throw new Error(
        `the store has format ${String(found)}, this program knows ${String(format)}`,
      );
    if (found === 0) this.#db.exec(tables);
    this.commit();
  }

  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }

  /** Begins to write, unless that has begun already. */
  begin(): void {
    if (!this.#db.isTransaction) this.statement("BEGIN IMMEDIATE").run();
  }

  /** Makes durable what was written since `begin`. Where it throws, `rollback` must follow. */
  commit(): void {
    if (this.#db.isTransaction) this.statement("COMMIT").run();
  }

  rollback(): void {
    if (this.#db.isTransaction) this.statement("ROLLBACK").run();
  }

  /** An id for a store or an index that no other has or had since the file was opened. */
  newId(): number {
    return ++this.#lastId;
  }

  schema(database: string): DatabaseSchema {
    return this.#schemas.get(database) ?? emptySchema;
  }

  /** The store with this id, of whatever database. */
  store(id: number): StoreSchema | undefined {
    return this.#stores().find((store) => store.id === id);
  }

  storeNamed(name: string): StoreSchema | undefined {
    return this.#stores().find((store) => store.name === name);
  }

  #stores(): readonly StoreSchema[] {
    return [...this.#schemas.values()].flatMap(({ stores }) => stores);
  }

  /**
   * Does `work` once for each `size` records of the store. Readers that go through the whole store with a cursor see those alone meanwhile, and do not hold
   * up for longer whoever would write. What is written between may be seen or not.
   */
  async eachPage(store: number, size: number, work: () => Promise<unknown>): Promise<void> {
    const last = this.statement(
      "SELECT key FROM record WHERE store = ? AND key > ? ORDER BY key LIMIT 1 OFFSET ?",
    );
    let after: Uint8Array | undefined;
    do {
      const row = last.get(store, after ?? new Uint8Array(), size - 1);
      const to = row?.["key"] as Uint8Array | undefined;
      this.#page = { store, after, to };
      try {
        await work();
      } finally {
        this.#page = undefined;
      }
      after = to;
    } while (after !== undefined);
  }

  /** What of these bounds is in the page that is being read, where they have no end. */
  onPage(store: number, bounds: Bounds): Bounds {
    const page = this.#page;
    if (page?.store !== store || bounds.upper !== undefined) return bounds;
    const { lower } = bounds;
    const beyond = lower !== undefined && Buffer.compare(lower, page.after ?? new Uint8Array()) > 0;
    return {
      ...(beyond ? bounds : { lower: page.after, lowerOpen: true }),
      upper: page.to,
      upperOpen: false,
    };
  }

  /** While `work` runs, whoever reads what is meant finds nothing there. One at a time. */
  async hiding(
    isMeant: (store: number, bounds: Bounds) => boolean,
    work: () => Promise<unknown>,
  ): Promise<void> {
    this.#hides = isMeant;
    try {
      await work();
    } finally {
      this.#hides = undefined;
    }
  }

  hides(store: number, bounds: Bounds): boolean {
    return this.#hides?.(store, bounds) === true;
  }

  /** Tells `listener` by which keys records are read and written, until what it returns is called. */
  listen(listener: (store: number, bounds: Bounds) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  asked(store: number, bounds: Bounds): void {
    for (const listener of this.#listeners) listener(store, bounds);
  }

  writeSchema(database: string, schema: DatabaseSchema): void {
    this.begin();
    this.statement(
      "INSERT INTO database (name, schema) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET schema = excluded.schema",
    ).run(database, JSON.stringify(schema));
  }

  /** Tells that the schema written last is committed. */
  adoptSchema(database: string, schema: DatabaseSchema): void {
    this.#schemas.set(database, schema);
  }

  /** Writes what is in the log into the file and cuts it: what was deleted is then in neither. Outside of any transaction. */
  emptyLog(): void {
    const { busy } = this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
    if (busy !== 0) throw new Error("the log of the store is in use");
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }
}
