import { Readable } from "node:stream";
import { Decrypter } from "age-encryption";
import { readAll } from "../files/workFiles.ts";
import { UsherError } from "../kernel/errors.ts";
import { unpacked, type BackupHead, type ReadEntry } from "./archive.ts";

/** What may be in a backup: nothing that would lead out of the data directory. */
const NAME =
  /^(?:names\.key|crypto\/[a-z.-]{1,40}|documents\/[a-z][a-z-]{0,40}\/[0-9a-f]{2}\/[0-9a-f]{64}\.json)$/;

/**
 * Opens a backup with whichever of these age identities (`AGE-SECRET-KEY-1…`) fits. Rejects with `backup-closed` where that does not fit, and as `unpacked`; so do its entries, as they
 * are read.
 */
export async function openBackup(
  file: string,
  identities: readonly string[],
): Promise<{ readonly head: BackupHead; readonly entries: AsyncIterable<ReadEntry> }> {
  const { head, entries } = await unpacked(opened(file, identities));
  return { head, entries: onlyOurs(entries) };
}

async function* onlyOurs(entries: AsyncIterable<ReadEntry>): AsyncGenerator<ReadEntry, void> {
  for await (const entry of entries) {
    if (!NAME.test(entry.name)) throw new UsherError("backup-damaged");
    yield entry;
  }
}

/** Reads a backup to its end, as a restore would, and keeps nothing of it. Resolves with what it is; rejects as `openBackup`. */
export async function checkBackup(
  file: string,
  identities: readonly string[],
): Promise<{ readonly head: BackupHead; readonly files: number }> {
  const { head, entries } = await openBackup(file, identities);
  let files = 0;
  for await (const { bytes } of entries) {
    await read(bytes);
    files += 1;
  }
  return { head, files };
}

/** Reads what nobody wants: whether it is whole is known only then. */
export async function read(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of bytes) void piece;
}

async function* opened(
  file: string,
  identities: readonly string[],
): AsyncGenerator<Uint8Array, void> {
  const decrypter = new Decrypter();
  let plain: AsyncIterable<Uint8Array>;
  try {
    for (const identity of identities) decrypter.addIdentity(identity);
    const sealed = Readable.toWeb(Readable.from(readAll(file), { objectMode: false }));
    plain = await decrypter.decrypt(sealed as globalThis.ReadableStream<Uint8Array>);
  } catch (error) {
    throw new UsherError("backup-closed", { file }, { cause: error });
  }
  yield* plain;
}
