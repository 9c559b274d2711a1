import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ManualClock } from "../../src/kernel/clock.ts";
import type { Documents } from "../../src/store/documents.ts";
import { openDocuments } from "../../src/store/lowdbDocuments.ts";
import { documentsContract } from "./documents.ts";

documentsContract("lowdb on the disk", async () => {
  const dir = mkdtempSync(join(tmpdir(), "usher-documents-"));
  const quarantined: string[] = [];
  const start = (): Promise<Documents> =>
    openDocuments({
      dir,
      clock: new ManualClock(),
      onQuarantine: ({ kind }) => {
        quarantined.push(kind);
      },
    });
  let documents = await start();
  return {
    documents,
    quarantined,
    reopen: async () => {
      await documents.close();
      documents = await start();
      return documents;
    },
    end: async () => {
      await documents.close();
      rmSync(dir, { recursive: true });
    },
  };
});
