import { dirname } from "node:path";
import type { Files } from "./files.ts";

/**
 * Puts `text` in the place of `path`, all of it or nothing, whatever is interrupted when: written beside under `temporary` (on the
 * same file system), made durable, renamed, and the rename made durable. Exactly two fsyncs. The folder of `path` is there already.
 */
export async function replaceFile(
  files: Files,
  path: string,
  temporary: string,
  text: string,
): Promise<void> {
  const file = await files.create(temporary);
  try {
    try {
      await file.write(text);
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
  await files.syncFolder(dirname(path));
}

/** Makes a folder durable. The one above it is there already. */
export async function ensureFolder(files: Files, path: string): Promise<void> {
  if (await files.makeFolder(path)) await files.syncFolder(dirname(path));
}

/** Removes a file durably. Whether there was one. */
export async function removeFile(files: Files, path: string): Promise<boolean> {
  const removed = await files.remove(path);
  if (removed) await files.syncFolder(dirname(path));
  return removed;
}
