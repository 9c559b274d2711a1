import { Readable } from "node:stream";
import { Decrypter } from "age-encryption";
import { readAll } from "../files/workFiles.ts";
import { UsherError } from "../kernel/errors.ts";
import { unpacked, type BackupHead, type ReadEntry } from "./archive.ts";

/** What may be in a backup: nothing that would lead out of the data directory. */
const NAME =
  /^(?:names\.key|crypto\/[a-z.-]{1,40}|documents\/[a-z][a-z-]{0,40}\/[0-9a-f]{2}\/[0-9a-f]{64}\.json)$/;

/**
 * Opens a backup with an age identity (`AGE-SECRET-KEY-1…`). Rejects with `backup-closed` where that does not fit, and as `unpacked`; so do its entries, as they
 * are read.
 */
export async function openBackup(
  file: string,
  identity: string,
): Promise<{ readonly head: BackupHead; readonly entries: AsyncIterable<ReadEntry> }> {
  const { head, entries } = await unpacked(opened(file, identity));
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
  identity: string,
): Promise<{ readonly head: BackupHead; readonly files: number }> {
  const { head, entries } = await openBackup(file, identity);
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

async function* opened(file: string, identity: string): AsyncGenerator<Uint8Array, void> {
  const decrypter = new Decrypter();
  let plain: AsyncIterable<Uint8Array>;
  try {
    decrypter.addIdentity(identity);
    const sealed = Readable.toWeb(Readable.from(readAll(file), { objectMode: false }));
    plain = await decrypter.decrypt(sealed as globalThis.ReadableStream<Uint8Array>);
  } catch (error) {
    throw new UsherError("backup-closed", { file }, { cause: error });
  }
  yield* plain;
}
