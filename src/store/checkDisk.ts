import { readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { tryWriting } from "../files/tryWriting.ts";
import { systemCode } from "../files/systemCode.ts";

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
    tryWriting(dir).then(() => true as const, systemCode),
  ]);
  return { freeBytes, putAside, writable };
}
