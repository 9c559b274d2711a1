import { folderOf, newBeside, type FilePath } from "../privacy/declared.ts";
import { nodeFiles, type Files } from "./files.ts";
import { makeFolders } from "./folders.ts";

/** A text that is made only when the disk has room for it. At most `bytes` long; blanks follow where it is shorter. */
export interface LaterText {
  readonly bytes: number;
  readonly make: () => Promise<string>;
}

export interface Replacing {
  /** Where it is written first; on the same file system, and in no use by anybody else. */
  readonly temporary?: FilePath;
  /** 0600 where nothing is said. */
  readonly mode?: number;
}

/**
 * Puts a text in the place of `path`, all of it or nothing, whatever is interrupted when: written beside, made durable, renamed, and the
 * rename made durable. Exactly two fsyncs, and one more for a text that is made later. The folder of `path` is there already. Where it
 * rejects, the file is as it was, or, where only the last fsync failed, holds the new text; nothing is left beside it.
 */
export async function replaceFile(
  files: Files,
  path: FilePath,
  text: string | LaterText,
  { temporary = newBeside(path), mode = 0o600 }: Replacing = {},
): Promise<void> {
  const file = await files.create(temporary, mode);
  try {
    try {
      if (typeof text !== "string") {
        await file.write(" ".repeat(text.bytes));
        await file.sync();
      }
      await file.write(typeof text === "string" ? text : await text.make());
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    // A full disk must not keep what did not fit.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(folderOf(path));
}

/** Makes a file for its owner alone (0600), all of it or nothing, where there is none. Whether it did: another process may have been first. */
export async function makeFile(files: Files, path: FilePath, text: string): Promise<boolean> {
  const temporary = newBeside(path);
  const file = await files.create(temporary);
  let made = false;
  try {
    try {
      await file.write(text);
      await file.sync();
    } finally {
      await file.close();
    }
    made = await files.link(temporary, path);
  } finally {
    await files.remove(temporary).catch(() => undefined);
  }
  await files.syncFolder(folderOf(path));
  return made;
}

/** Replaces a file for its owner alone (0600), with the folders above it (0700) where they are missing. */
export async function writePrivate(path: FilePath, text: string): Promise<void> {
  makeFolders(folderOf(path));
  await replaceFile(nodeFiles, path, text);
}

/** Makes a folder durable. The one above it is there already. */
export async function ensureFolder(files: Files, path: FilePath): Promise<void> {
  if (await files.makeFolder(path)) await files.syncFolder(folderOf(path));
}

/** The same with those above it that are missing. */
export async function ensureFolders(files: Files, path: FilePath): Promise<void> {
  try {
    await ensureFolder(files, path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing || folderOf(path) === path) throw error;
    await ensureFolders(files, folderOf(path));
    await ensureFolder(files, path);
  }
}

/** Removes a file durably. Whether there was one. */
export async function removeFile(files: Files, path: FilePath): Promise<boolean> {
  const removed = await files.remove(path);
  if (removed) await files.syncFolder(folderOf(path));
  return removed;
}
