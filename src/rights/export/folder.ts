import { declareFilesIn } from "../../privacy/declared.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import { removeAll } from "../../files/workFiles.ts";

/** Where exports are made: a folder for each, in the data directory. */
export const exportFolder = declareFilesIn("exports", EXPORT);

/** Removes what a process that was killed was making. Nobody is making one. */
export function removeLeftExports(dataDir: string): Promise<void> {
  return removeAll(exportFolder(dataDir));
}
