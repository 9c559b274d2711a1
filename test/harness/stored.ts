import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Documents } from "../../src/store/documents.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import type { UsherProcess } from "./usherProcess.ts";

/** Looks into, or changes, what an Usher that does not run has stored. */
export async function withDocuments<T>(
  { dataDir }: Pick<UsherProcess, "dataDir">,
  work: (documents: Documents) => Promise<T>,
): Promise<T> {
  const quarantined: string[] = [];
  const documents = await openDocuments({
    dir: dataDir,
    clock: systemClock,
    onQuarantine: ({ file }) => quarantined.push(file),
  });
  try {
    const result = await work(documents);
    if (quarantined.length > 0)
      throw new Error(`Usher left documents that cannot be read: ${quarantined.join(", ")}`);
    return result;
  } finally {
    await documents.close();
  }
}

/** Looks into what an Usher that may be running has stored: into a copy, since it lets nobody else in. */
export async function inCopy<T>(
  { dataDir }: Pick<UsherProcess, "dataDir">,
  work: (documents: Documents) => Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "usher-copy-"));
  try {
    for (const name of ["documents", "names.key"])
      await cp(join(dataDir, name), join(copy, name), { recursive: true });
    return await withDocuments({ dataDir: copy }, work);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
