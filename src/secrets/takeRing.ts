import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { realPath } from "../files/realPath.ts";
import { takeLock } from "../files/takeLock.ts";
import { UsherError } from "../kernel/errors.ts";
import { declareFileAnywhere } from "../privacy/declared.ts";
import { SECRETS } from "../privacy/records/keys.ts";

/** Empty: it is there to be locked. */
const lockFile = declareFileAnywhere("keys.file, with .lock", SECRETS);

/**
 * Takes the key ring for this process, as the data directory is taken: of two Ushers with one ring, either could take a key out of it that the other needs. Where its
 * folder may not be written, nothing can be taken out from here, and nothing is locked. Throws `key-ring-in-use`.
 */
export function takeRing(path: string): () => void {
  const real = realPath(path);
  try {
    accessSync(dirname(real), constants.W_OK);
  } catch {
    return () => undefined;
  }
  const release = takeLock(lockFile(`${real}.lock`));
  if (release === undefined) throw new UsherError("key-ring-in-use", { file: path });
  return release;
}
