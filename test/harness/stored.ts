import { systemClock } from "../../src/kernel/clock.ts";
import type { Documents } from "../../src/store/documents.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import type { UsherProcess } from "./usherProcess.ts";

/** Looks into, or changes, what an Usher that does not run has stored. */
export async function withDocuments<T>(
  usher: UsherProcess,
  work: (documents: Documents) => Promise<T>,
): Promise<T> {
  const quarantined: string[] = [];
  const documents = await openDocuments({
    dir: usher.dataDir,
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
