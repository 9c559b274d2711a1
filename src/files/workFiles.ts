import { createReadStream, createWriteStream } from "node:fs";
import { appendFile, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { FilePath } from "../privacy/declared.ts";

/**
 * Files that something large is made in, and that go when it is made: a crash may leave them torn, so they are removed at the next start
 * and nothing waits for the disk. Each is 0600.
 */

/** Adds to the end of a file, which is made where it is missing. */
export function appendText(path: FilePath, text: string): Promise<void> {
  return appendFile(path, text, { mode: 0o600 });
}

/** Writes all that comes into a new file; `durably`: it is on the disk when that resolves. Rejects as the system does, and as the source does. */
export async function writeAll(
  path: FilePath,
  bytes: AsyncIterable<Uint8Array>,
  durably?: "durably",
): Promise<void> {
  await pipeline(bytes, createWriteStream(path, { mode: 0o600, flush: durably !== undefined }));
}

/** The bytes of a file from its beginning, piece by piece. */
export function readAll(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}

/** The lines of a file, each without its "\n", from the one that begins at this byte; none if there is no such file. Nothing else ends a line. */
export async function* readLines(path: string, start = 0): AsyncGenerator<string, void> {
  let rest = "";
  try {
    for await (const piece of createReadStream(path, { encoding: "utf8", start })) {
      const parts = (rest + String(piece)).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (rest !== "") yield rest;
}

/** How long a file is; bytes. */
export async function sizeOfFile(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Removes a file, or a folder with all that is in it; nothing if there is none. */
export function removeAll(path: FilePath): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
