import { randomBytes } from "node:crypto";
import { declareFilesStarting } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { nodeFiles, type Files } from "./files.ts";

const probeIn = declareFilesStarting("probe-", ACCOUNT);

/** Writes a small file into the folder, brings it to the disk and removes it. Rejects as the system does where one of that fails. */
export async function tryWriting(folder: string, files: Files = nodeFiles): Promise<void> {
  const probe = probeIn(folder, randomBytes(4).toString("hex"));
  const file = await files.create(probe);
  try {
    try {
      await file.write("x".repeat(4096));
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await files.remove(probe);
  }
}
