import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import { declareFilesIn, type FilePath } from "../../privacy/declared.ts";
import { KEYS } from "../../privacy/records/keys.ts";
import type { EngineName } from "./engine.ts";
import { nodeFiles } from "../../files/files.ts";
import { writePrivate } from "../../files/replaceFile.ts";

/** The store of the encryption engine. */
export const cryptoFile = declareFilesIn("crypto", KEYS);

const schema = z.strictObject({
  userId: z.string(),
  deviceId: z.string(),
  engine: z.enum(["wasm", "native"]),
});

/** For which device the store beside it was made. */
export type StoredDevice = z.infer<typeof schema>;

/** Where an engine keeps what is its own, below the data directory. */
export function storePath(dataDir: string, engine: EngineName): FilePath {
  return cryptoFile(dataDir, engine === "wasm" ? "store.sqlite" : "native");
}

export async function readStoredDevice(dataDir: string): Promise<StoredDevice | undefined> {
  const file = cryptoFile(dataDir, "device.json");
  const text = await nodeFiles.read(file);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UsherError("crypto-store-unreadable", { file }, { cause: error });
  }
}

export async function writeStoredDevice(dataDir: string, device: StoredDevice): Promise<void> {
  await writePrivate(cryptoFile(dataDir, "device.json"), `${JSON.stringify(device)}\n`);
}
