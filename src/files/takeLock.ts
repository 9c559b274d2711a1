import type { FilePath } from "../privacy/declared.ts";
import { openSqlite } from "./sqlite.ts";

const SQLITE_BUSY = 5;

/**
 * Takes a file for this process, and makes it where it is not there. The returned function lets go of it; so does the end of the process, however it ends, because the
 * operating system holds the lock: an exclusive transaction on an empty SQLite file. Undefined where another process has it. Throws as the system and SQLite do.
 */
export function takeLock(path: FilePath): (() => void) | undefined {
  const database = openSqlite(path);
  try {
    // Nothing is written: also on a full disk what is old can be deleted.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY)
      return undefined;
    throw error;
  }
  return () => {
    database.close();
  };
}
