import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A record of the encryption's store: its key and its value, as bytes. */
export interface StoredRecord {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Where room keys lie in it, in each store that holds what is of one room. */
export const ROOM_STORES = [
  "inbound_group_sessions3",
  "outbound_group_sessions",
  "received_room_key_bundles",
  "withheld_sessions",
] as const;
export type RoomStore = (typeof ROOM_STORES)[number];

interface Schema {
  readonly stores: readonly { readonly id: number; readonly name: string }[];
}

/** What the file holds of rooms, read from a copy of it: whoever runs on it keeps it locked. */
export function storedRoomKeys(file: string): Readonly<Record<RoomStore, readonly StoredRecord[]>> {
  const folder = mkdtempSync(join(tmpdir(), "usher-store-copy-"));
  const copy = join(folder, "store.sqlite");
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  const db = new DatabaseSync(copy);
  try {
    const stores = db
      .prepare("SELECT schema FROM database")
      .all()
      .flatMap(({ schema }) => (JSON.parse(String(schema)) as Schema).stores);
    const recordsOf = (name: RoomStore): readonly StoredRecord[] => {
      const id = stores.find((store) => store.name === name)?.id;
      if (id === undefined) throw new Error(`the library keeps nothing under ${name} any more`);
      return db
        .prepare("SELECT key, value FROM record WHERE store = ?")
        .all(id)
        .map(({ key, value }) => ({ key: bytesOf(key), value: bytesOf(value) }));
    };
    return Object.fromEntries(ROOM_STORES.map((name) => [name, recordsOf(name)])) as Record<
      RoomStore,
      readonly StoredRecord[]
    >;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOf(column: unknown): Buffer {
  if (column instanceof Uint8Array) return Buffer.from(column);
  throw new Error("a column of the store is none of bytes");
}

/** Puts so many others beside each record of such a store, of the same room, of which none can be read. Nobody may run on the file. */
export function multiplyRecords(file: string, name: RoomStore, times: number): void {
  const db = new DatabaseSync(file);
  try {
    const [row] = db.prepare("SELECT schema FROM database").all();
    const { stores } = JSON.parse(String(row?.["schema"])) as Schema;
    const id = stores.find((store) => store.name === name)?.id ?? -1;
    const records = db.prepare("SELECT key FROM record WHERE store = ?").all(id);
    const insert = db.prepare("INSERT INTO record (store, key, value) VALUES (?, ?, ?)");
    db.exec("BEGIN");
    for (const { key } of records)
      for (let count = 0; count < times; count += 1) {
        const other = bytesOf(key);
        // The end of it names the session.
        other.write(String(count).padStart(8, "0"), other.length - 8, "latin1");
        insert.run(id, other, Buffer.from("damaged"));
      }
    db.exec("COMMIT");
  } finally {
    db.close();
  }
}

/** Which of the records the file, or the log beside it, still holds a byte of. */
export function stillOnDisk(
  file: string,
  records: readonly StoredRecord[],
): readonly StoredRecord[] {
  const bytes = [file, `${file}-wal`]
    .filter((one) => existsSync(one))
    .map((one) => readFileSync(one));
  return records.filter(({ key, value }) =>
    bytes.some((one) => one.includes(key) || one.includes(value)),
  );
}
