import { exception } from "./exception.ts";
import type { SqliteFile } from "./file.ts";
import { keyAt } from "./keys.ts";
import type { Bounds } from "./keyRange.ts";
import type { IndexSchema, StoreSchema } from "./schema.ts";
import { decodeValue } from "./values.ts";

/** A store, or one of its indexes, as something to read from in order of keys. */
export interface Source {
  readonly store: number;
  readonly index?: number;
}

/** One record as a store or an index shows it; in a store `key` and `record` (its primary key) are the same. */
export interface Row {
  readonly key: Uint8Array;
  readonly record: Uint8Array;
  readonly value: Uint8Array;
}

const all = -1;

function condition(column: string, bounds: Bounds): { sql: string; values: Uint8Array[] } {
  const lower = bounds.lower ? ` AND ${column} ${bounds.lowerOpen ? ">" : ">="} ?` : "";
  const upper = bounds.upper ? ` AND ${column} ${bounds.upperOpen ? "<" : "<="} ?` : "";
  return {
    sql: lower + upper,
    values: [bounds.lower, bounds.upper].filter((bound) => bound !== undefined),
  };
}

/** Up to `limit` rows (0: all) within the bounds in order of key, then of primary key; only those past `after` where it is given. */
export function selectRows(
  file: SqliteFile,
  source: Source,
  bounds: Bounds,
  limit = 0,
  after?: Row,
): Row[] {
  const max = limit === 0 ? all : limit;
  let rows;
  if (source.index === undefined) {
    file.asked(source.store, bounds);
    if (file.hides(source.store, bounds)) return [];
    const where = condition(
      "key",
      after ? { ...bounds, lower: after.key, lowerOpen: true } : bounds,
    );
    const sql = `SELECT key, key AS record, value FROM record WHERE store = ?${where.sql} ORDER BY key LIMIT ?`;
    rows = file.statement(sql).all(source.store, ...where.values, max);
  } else {
    const where = condition("entry.key", after ? { ...bounds, lower: undefined } : bounds);
    const past = after ? " AND (entry.key, entry.record) > (?, ?)" : "";
    const sql =
      "SELECT entry.key, entry.record, record.value FROM entry CROSS JOIN record ON record.store = ? AND record.key = entry.record" +
      ` WHERE entry.idx = ?${where.sql}${past} ORDER BY entry.key, entry.record LIMIT ?`;
    rows = file
      .statement(sql)
      .all(
        source.store,
        source.index,
        ...where.values,
        ...(after ? [after.key, after.record] : []),
        max,
      );
  }
  return rows as unknown as Row[];
}

export function countRows(file: SqliteFile, source: Source, bounds: Bounds): number {
  const where = condition("key", bounds);
  const from = source.index === undefined ? "record WHERE store = ?" : "entry WHERE idx = ?";
  const row = file
    .statement(`SELECT count(*) AS count FROM ${from}${where.sql}`)
    .get(source.index ?? source.store, ...where.values);
  return Number(row?.["count"]);
}

/** The key that a record is to have in one of its indexes; undefined where it is not to be found there. */
interface Entry {
  readonly index: IndexSchema;
  readonly key: Uint8Array | undefined;
}

/** Writes a record and its index entries. Throws ConstraintError, with nothing changed, where a key is taken. */
export function putRow(
  file: SqliteFile,
  store: number,
  key: Uint8Array,
  value: Uint8Array,
  entries: readonly Entry[],
  taken: "replace" | "keep",
): void {
  file.asked(store, { lower: key, upper: key, lowerOpen: false, upperOpen: false });
  file.begin();
  if (
    taken === "keep" &&
    file.statement("SELECT 1 FROM record WHERE store = ? AND key = ?").get(store, key)
  ) {
    throw exception("ConstraintError", "the store has a record with this key");
  }
  for (const entry of entries) checkUnique(file, entry, key);
  file
    .statement(
      "INSERT INTO record (store, key, value) VALUES (?, ?, ?) ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
    )
    .run(store, key, value);
  for (const entry of entries) putEntry(file, entry, key);
}

function checkUnique(file: SqliteFile, { index, key }: Entry, record: Uint8Array): void {
  if (!index.unique || key === undefined) return;
  const taken = file
    .statement("SELECT 1 FROM entry WHERE idx = ? AND key = ? AND record <> ?")
    .get(index.id, key, record);
  if (taken) throw exception("ConstraintError", "another record has this key in a unique index");
}

function putEntry(file: SqliteFile, { index, key }: Entry, record: Uint8Array): void {
  if (key === undefined) {
    file.statement("DELETE FROM entry WHERE idx = ? AND record = ?").run(index.id, record);
    return;
  }
  // An entry that stays the same is not written again.
  const upsert =
    "INSERT INTO entry (idx, record, key) VALUES (?, ?, ?) ON CONFLICT (idx, record) DO UPDATE SET key = excluded.key WHERE key <> excluded.key";
  file.statement(upsert).run(index.id, record, key);
}

/** Deletes the records whose primary keys are within the bounds, and their entries. */
export function deleteRows(file: SqliteFile, store: StoreSchema, bounds: Bounds): void {
  file.begin();
  const records = condition("key", bounds);
  file
    .statement(`DELETE FROM record WHERE store = ?${records.sql}`)
    .run(store.id, ...records.values);
  const entries = condition("record", bounds);
  for (const index of store.indexes)
    file
      .statement(`DELETE FROM entry WHERE idx = ?${entries.sql}`)
      .run(index.id, ...entries.values);
}

/** Enters a store's records into a new index. Throws ConstraintError where two have the same key in a unique one. */
export function fillIndex(file: SqliteFile, store: number, index: IndexSchema): void {
  file.begin();
  let last: Row | undefined;
  // One by one: a store may hold more than should be in memory at once.
  while (
    ([last] = selectRows(file, { store }, { lowerOpen: false, upperOpen: false }, 1, last)) &&
    last
  ) {
    const entry = { index, key: keyAt(decodeValue(last.value), index.path) };
    checkUnique(file, entry, last.record);
    putEntry(file, entry, last.record);
  }
}
