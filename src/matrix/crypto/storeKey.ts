import { randomBytes } from "node:crypto";
import { UsherError } from "../../kernel/errors.ts";
import { nodeFiles } from "../../files/files.ts";
import { writePrivate } from "../../files/replaceFile.ts";
import { declareFileAnywhere } from "../../privacy/declared.ts";
import { SECRETS } from "../../privacy/records/keys.ts";

const storeKeyFile = declareFileAnywhere("crypto.storeKeyFile", SECRETS);

/**
 * The 32 bytes that lock the store. Made where there is no store yet; a store whose key is gone cannot be opened (`crypto-store-unreadable`).
 */
export async function storeKey(file: string, storePresent: boolean): Promise<Uint8Array> {
  const text = (await nodeFiles.read(file))?.trim();
  if (text !== undefined && /^[0-9a-f]{64}$/.test(text))
    return Uint8Array.from(Buffer.from(text, "hex"));
  if (storePresent || (text !== undefined && text !== ""))
    throw new UsherError("crypto-store-unreadable", { file });
  const bytes = Uint8Array.from(randomBytes(32));
  await writePrivate(storeKeyFile(file), `${Buffer.from(bytes).toString("hex")}\n`);
  return bytes;
}
