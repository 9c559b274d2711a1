import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { folderOf, type FilePath } from "../privacy/declared.ts";
import { makeFolders } from "./folders.ts";

/**
 * Adds a line, with its end, to a file for its owner alone (0600), which is made where it is missing, as are the folders above it. The line is with the
 * system when this returns. Throws as the system does; what part of the line was written then has an end of its own at the next.
 */
export function appendLine(path: FilePath, line: string, begun: boolean): void {
  if (!begun) makeFolders(folderOf(path));
  appendFileSync(path, begun || isWhole(path) ? line : `\n${line}`, { mode: 0o600 });
}

/** Whether the file ends with the end of a line, or is empty or missing: a full disk or a crash may have torn the last one. */
function isWhole(path: FilePath): boolean {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size === 0) return true;
    readSync(file, last, 0, 1, size - 1);
    return last.toString() === "\n";
  } finally {
    closeSync(file);
  }
}
