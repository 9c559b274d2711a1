import { open, readdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";

/** What a look at the data directory found. */
export interface DiskFacts {
  /** What this process may still write; bytes. Undefined where the system does not tell. */
  readonly freeBytes: number | undefined;
  /** Whether a file could be written and brought to the disk; else the system's code, as "ENOSPC". */
  readonly writable: true | string;
  /** Documents that could not be read and were put aside. */
  readonly putAside: number;
}

/** Looks at the data directory, and writes and removes a small file there. Never rejects. */
export async function checkDisk(dir: string): Promise<DiskFacts> {
  const [freeBytes, putAside, writable] = await Promise.all([
    statfs(dir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => undefined,
    ),
    readdir(join(dir, "quarantine")).then(
      (names) => names.length,
      () => 0,
    ),
    tryWriting(join(dir, `doctor-${String(process.pid)}`)),
  ]);
  return { freeBytes, putAside, writable };
}

async function tryWriting(file: string): Promise<true | string> {
  try {
    const handle = await open(file, "w", 0o600);
    try {
      await handle.writeFile("x".repeat(4096));
      await handle.sync();
    } finally {
      await handle.close();
      await rm(file, { force: true });
    }
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && typeof error.code === "string"
      ? error.code
      : "unknown";
  }
}
