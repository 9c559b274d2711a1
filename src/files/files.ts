import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  type FileHandle,
} from "node:fs/promises";
import type { FilePath } from "../privacy/declared.ts";
import { aboutFile } from "./aboutFile.ts";

/**
 * The system calls that writing is made of, one method each, so that a test can stop between any two of them.
 * Paths are absolute, and what is written is declared in the data map. Every folder made is 0700, and every file 0600 where no other mode is said.
 */
export interface Files {
  /** Undefined if there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Makes or empties a file. `mode` counts for one that is made. */
  create(path: FilePath, mode?: number): Promise<NewFile>;
  rename(from: FilePath, to: FilePath): Promise<void>;
  /** Gives a file a second name; false if there is a file of that name. Where the file system knows no second names, it is renamed. */
  link(from: FilePath, to: FilePath): Promise<boolean>;
  /** Whether there was one. */
  remove(path: FilePath): Promise<boolean>;
  /** Names in a folder; none if there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Makes one folder; false if it is there already. */
  makeFolder(path: FilePath): Promise<boolean>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

export interface NewFile {
  /** From its beginning, over what is there. */
  write(text: string): Promise<void>;
  /** Resolves when the content is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function unless<T>(code: string, otherwise: T, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (hasCode(error, code)) return otherwise;
    throw error;
  }
}

export const nodeFiles: Files = {
  read: (path) => unless("ENOENT", undefined, aboutFile(path, readFile(path, "utf8"))),
  create: async (path, mode = 0o600) => {
    const handle = await open(path, "w", mode);
    return {
      write: (text) => aboutFile(path, overwrite(handle, Buffer.from(text))),
      sync: () => aboutFile(path, handle.sync()),
      close: () => aboutFile(path, handle.close()),
    };
  },
  rename,
  link: linkOrRename,
  remove: (path) =>
    unless(
      "ENOENT",
      false,
      rm(path).then(() => true),
    ),
  list: (path) => unless("ENOENT", [], readdir(path)),
  makeFolder: (path) =>
    unless(
      "EEXIST",
      false,
      mkdir(path, { mode: 0o700 }).then(() => true),
    ),
  syncFolder: (path) => aboutFile(path, syncFolder(path)),
};

const NO_LINKS: readonly string[] = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"];

async function linkOrRename(from: FilePath, to: FilePath): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (!NO_LINKS.some((code) => hasCode(error, code))) throw error;
    await rename(from, to);
  }
  return true;
}

async function overwrite(handle: FileHandle, bytes: Buffer): Promise<void> {
  // A disk that is nearly full may take a part.
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, done)).bytesWritten;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
