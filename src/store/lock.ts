import { accessSync, constants } from "node:fs";
import { UsherError } from "../kernel/errors.ts";
import { makeFolders } from "../files/folders.ts";
import { takeLock } from "../files/takeLock.ts";
import { declareFile, folderOf } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";

/** Empty: it is there to be locked. */
const lockFile = declareFile("lock.sqlite", ACCOUNT);

/**
 * Takes the data directory for this process (`takeLock`), and makes it (0700) if it is not there. Not for network file systems that do not lock.
 *
 * Throws `data-directory-in-use` and `data-directory-not-writable`.
 */
export function takeDataDirectory(dir: string): () => void {
  const release = locked(dir);
  if (release === undefined) throw new UsherError("data-directory-in-use", { dir });
  return release;
}

function locked(dir: string): (() => void) | undefined {
  const path = lockFile(dir);
  try {
    makeFolders(folderOf(path));
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return takeLock(path);
  } catch (error) {
    throw new UsherError("data-directory-not-writable", { dir }, { cause: error });
  }
}
