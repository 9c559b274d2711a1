import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { UsherError } from "../kernel/errors.ts";
import type { FilePath } from "../privacy/declared.ts";

const MOST_TRIES = 50;

/**
 * Copies files that belong together and are written in place (an SQLite file and its journal) as they are at one moment: all are copied twice, until both copies are
 * the same. A file that is not there is left out. `files`: from where to where. Rejects with `backup-busy` where they never stand still.
 */
export async function copyStill(
  files: readonly (readonly [from: string, to: FilePath])[],
): Promise<void> {
  let before: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const hash = createHash("sha256");
    for (const [from, to] of files) {
      const there = await copied(from, to);
      hash.update(there ? await readFile(to) : "none").update("\n");
    }
    const now = hash.digest("hex");
    if (now === before) return;
    before = now;
  }
  throw new UsherError("backup-busy");
}

/** Whether there was one. */
async function copied(from: string, to: FilePath): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return false;
  }
}
