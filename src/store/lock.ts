import { accessSync, constants } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { UsherError } from "../kernel/errors.ts";
import { makeFolders } from "../files/folders.ts";
import { openSqlite } from "../files/sqlite.ts";
import { declareFile, folderOf } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

/** Empty: it is there to be locked. */
const lockFile = declareFile("lock.sqlite", ACCOUNT);

const SQLITE_BUSY = 5;

/**
 * Takes the data directory for this process, and makes it (0700) if it is not there. The returned function lets go of it; so does the
 * end of the process, however it ends, because the operating system holds the lock: an exclusive transaction on an empty SQLite file.
 * Not for network file systems that do not lock.
 *
 * Throws `data-directory-in-use` and `data-directory-not-writable`.
 */
export function takeDataDirectory(dir: string): () => void {
  const database = openLock(dir);
  try {
    // Nothing is written: also on a full disk what is old can be deleted.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    const busy = error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
    throw new UsherError(
      busy ? "data-directory-in-use" : "data-directory-not-writable",
      { dir },
      { cause: error },
    );
  }
  return () => {
    database.close();
  };
}

function openLock(dir: string): DatabaseSync {
  const path = lockFile(dir);
  try {
    makeFolders(folderOf(path));
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return openSqlite(path);
  } catch (error) {
    throw new UsherError("data-directory-not-writable", { dir }, { cause: error });
  }
}
