import { chmodSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { FilePath } from "../privacy/declared.ts";

/**
 * Makes an SQLite file, or the one that is there, its owner's alone: SQLite would make it readable by others, and gives its other files
 * the mode of this one. Never opened when it is there: closing any handle of ours would drop a lock on it (POSIX).
 */
export function makePrivate(path: FilePath): void {
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    chmodSync(path, 0o600);
  }
}

/** Opens or makes an SQLite file, its owner's alone. It waits for no lock. */
export function openSqlite(path: FilePath): DatabaseSync {
  makePrivate(path);
  return new DatabaseSync(path, { timeout: 0 });
}
