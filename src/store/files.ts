import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { syncFolder } from "../kernel/folders.ts";
import { aboutFile } from "./aboutFile.ts";

/**
 * The system calls that the store is made of, one method each, so that a test can stop between any two of them.
 * Paths are absolute. Every folder made is 0700 and every file 0600.
 */
export interface Files {
  /** Undefined if there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Makes or empties a file. */
  create(path: string): Promise<NewFile>;
  rename(from: string, to: string): Promise<void>;
  /** Whether there was one. */
  remove(path: string): Promise<boolean>;
  /** Names in a folder; none if there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Makes one folder; false if it is there already. */
  makeFolder(path: string): Promise<boolean>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

export interface NewFile {
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
  create: async (path) => {
    const handle = await open(path, "w", 0o600);
    return {
      write: (text) => aboutFile(path, handle.writeFile(text)),
      sync: () => aboutFile(path, handle.sync()),
      close: () => aboutFile(path, handle.close()),
    };
  },
  rename,
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
