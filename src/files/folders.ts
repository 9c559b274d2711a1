import { existsSync, mkdirSync } from "node:fs";
import { folderOf, type FilePath } from "../privacy/declared.ts";

/**
 * Makes a folder with those above it that are missing, each 0700. Throws as `mkdirSync` does. Node's own `recursive` tries for ever, and hears no
 * signal, where a folder above takes none: below `/proc`, for example.
 */
export function makeFolders(path: FilePath): void {
  if (existsSync(path)) return;
  if (folderOf(path) !== path) makeFolders(folderOf(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
