import { accessSync, chmodSync, constants, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UsherError } from "../kernel/errors.ts";
import { makeFolders } from "../files/folders.ts";

const SQLITE_BUSY = 5;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/**
 * Takes the data directory for this process, and makes it (0700) if it is not there. The returned function lets go of it; so does the
 * end of the process, however it ends, because the operating system holds the lock: an exclusive transaction on an empty SQLite file.
 * Not for network file systems that do not lock.
 *
 * Throws `data-directory-in-use` and `data-directory-not-writable`.
 */
export function takeDataDirectory(dir: string): () => void {
  const path = join(dir, "lock.sqlite");
  try {
    makeFolders(dir);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    try {
      // SQLite would make it readable by others. Never opened when it is there: closing any handle of ours would drop the lock (POSIX).
      writeFileSync(path, "", { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      chmodSync(path, 0o600);
    }
  } catch (error) {
    throw new UsherError("data-directory-not-writable", { dir }, { cause: error });
  }

  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
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
