import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Documents } from "../../src/store/documents.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import { filesIn } from "./filesIn.ts";
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
    for (const [name, content] of await filesIn(join(dataDir, "documents"))) {
      const file = join(copy, "documents", name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await cp(join(dataDir, "names.key"), join(copy, "names.key"));
    return await withDocuments({ dataDir: copy }, work);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
