import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { Encrypter } from "age-encryption";
import { copyStill } from "../files/copyStill.ts";
import { nodeFiles } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { snapshot, type Still } from "../files/snapshot.ts";
import { readAll, removeAll, sizeOfFile, writeAll } from "../files/workFiles.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { VERSION } from "../kernel/version.ts";
import { storePath } from "../matrix/crypto/deviceFile.ts";
import { backupFolder } from "./backupFolder.ts";
import { packed, type BackupEntry } from "./archive.ts";
import { backupOf, backupWork, beingWritten, DATA_KEYS, type KnownBackup } from "./backupFiles.ts";

export interface BackupDeps {
  readonly dataDir: string;
  readonly backup: { readonly folder: string; readonly recipient: string | undefined };
  readonly homeserver: { readonly userId: string };
  readonly clock: Clock;
  /** Has whoever writes documents wait. */
  readonly still?: Still;
}

/** A backup that was made. */
export interface MadeBackup extends KnownBackup {
  /** Of both files; bytes. */
  readonly size: number;
  /** How many files of the data directory are in it. */
  readonly files: number;
}

/** What a backup holds beside documents; no logs, no exports, no access token. */
const isInBackup = (name: string): boolean =>
  name === "names.key" || name === "crypto/device.json" || name.startsWith("documents/");

/**
 * Makes a backup, also while Usher runs, sealed for the recipient (age) before it comes to lie on the disk. Rejects with `backup-recipient`, `backup-busy`, and as the
 * system does; then nothing of it stays.
 */
export async function makeBackup(deps: BackupDeps): Promise<MadeBackup> {
  const { dataDir, backup, clock } = deps;
  const { folder, recipient } = backup;
  if (recipient === undefined) throw new UsherError("backup-recipient");
  const run = randomBytes(6).toString("hex");
  const at = clock.now();
  const target = backupOf(folder, at);
  const work = (...names: readonly string[]) => backupWork(dataDir, run, ...names);
  makeFolders(backupFolder(folder));
  makeFolders(work("crypto"));
  try {
    // First what says how far Usher has read, then the encryption: its store may know more than that, and never less.
    const names = await snapshot(dataDir, work(), isInBackup, deps.still);
    const store = storePath(dataDir, "wasm");
    await copyStill(
      ["", "-wal"].map((end) => [`${store}${end}`, work("crypto", `store.sqlite${end}`)] as const),
    );
    const found = await nodeFiles.list(work("crypto"));
    const all = [...new Set([...names, ...found.map((name) => `crypto/${name}`)])];
    const about = {
      madeAt: new Date(at).toISOString(),
      usher: VERSION,
      userId: deps.homeserver.userId,
    };
    let size = 0;
    for (const holds of ["data", "keys"] as const) {
      const part = beingWritten(folder, at, holds);
      try {
        const meant = all.filter((name) => name.startsWith(DATA_KEYS) === (holds === "keys"));
        const entries = entriesOf(meant, (name) => work(...name.split("/")));
        await writeAll(part, sealed(packed({ holds, ...about }, entries), recipient), "durably");
        size += await sizeOfFile(part);
        await nodeFiles.rename(part, target[holds]);
      } catch (error) {
        await removeAll(part);
        throw error;
      }
    }
    await nodeFiles.syncFolder(folder);
    return { ...target, size, files: all.length };
  } catch (error) {
    await removeAll(target.data);
    throw error;
  } finally {
    await removeAll(work());
  }
}

async function* entriesOf(
  names: readonly string[],
  pathOf: (name: string) => string,
): AsyncGenerator<BackupEntry, void> {
  for (const name of names)
    yield await Promise.resolve({ name, bytes: () => readAll(pathOf(name)) });
}

async function* sealed(
  bytes: AsyncIterable<Uint8Array>,
  recipient: string,
): AsyncGenerator<Uint8Array, void> {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new UsherError("backup-recipient", {}, { cause: error });
  }
  const stream = Readable.toWeb(Readable.from(bytes, { objectMode: false }));
  const age = await encrypter.encrypt(stream as globalThis.ReadableStream<Uint8Array>);
  yield* age as unknown as ReadableStream<Uint8Array>;
}
