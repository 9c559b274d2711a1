import { stat } from "node:fs/promises";
import { systemClock } from "../kernel/clock.ts";
import type { FilePath } from "../privacy/declared.ts";
import { nodeFiles } from "./files.ts";
import { removeAll } from "./workFiles.ts";

/** How long whoever writes waits for another process at most: that may have been killed meanwhile; ms. */
const MOST_MS = 60_000;

/**
 * Does the work while whoever writes beside, in another process, waits: that sees the file, and changes no name as long as it is there, for a minute at most. What was
 * begun before goes on, so that the work has to look whether anything has changed.
 */
export async function askStill<T>(file: FilePath, work: () => Promise<T>): Promise<T> {
  await (await nodeFiles.create(file)).close();
  try {
    return await work();
  } finally {
    await removeAll(file);
  }
}

/** Whether another process asks for that. A clock that was put back makes nobody wait. */
export async function isStillAsked(file: string): Promise<boolean> {
  try {
    const age = systemClock.now() - (await stat(file)).mtimeMs;
    return age >= -1000 && age < MOST_MS;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
