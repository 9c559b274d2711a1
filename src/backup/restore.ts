import { join } from "node:path";
import { nodeFiles, type Files } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { removeAll, writeAll } from "../files/workFiles.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { folderOf, type FilePath } from "../privacy/declared.ts";
import { forgetRunsEnd, runsFolder } from "../retention/runs.ts";
import { DataKeys } from "../secrets/dataKeys.ts";
import { parseEnvelope } from "../store/envelope.ts";
import { accountDocument } from "../store/account.ts";
import type { Documents } from "../store/documents.ts";
import { takeDataDirectory } from "../store/lock.ts";
import { openStore } from "../store/openStore.ts";
import type { BackupHead, ReadEntry } from "./archive.ts";
import { DATA_KEYS, keysBeside } from "./backupFiles.ts";
import { openBackup, read } from "./openBackup.ts";
import { takeAlong } from "./takeAlong.ts";
import {
  besideData,
  finishRestore,
  replaceDirectory,
  stagingOf,
  type Replaced,
} from "./replaceDirectory.ts";

const CREDENTIALS = "documents/credentials/";

export interface RestoreDeps {
  readonly dataDir: string;
  readonly tombstonesFile: string;
  readonly runsEndFile: string;
  readonly keys: { readonly file: string; readonly groupMayRead?: boolean };
  readonly homeserver: { readonly userId: string };
  readonly clock: Clock;
  /** Those of the system unless given. */
  readonly files?: Files;
}

export interface RestoreOptions {
  readonly file: string;
  /** Of the people's data keys; beside the other unless given. */
  readonly keysFile?: string | undefined;
  /** Age identities, of which one opens both. */
  readonly identities: readonly string[];
  /** What people gave Usher to keep is left out: the backup of its keys is gone. */
  readonly withoutKeys?: boolean;
  /** Whoever was erased since may come back: there are no tombstones, and the operator knows. */
  readonly withoutTombstones: boolean;
}

export interface Restored extends Replaced {
  readonly head: BackupHead;
  /** How many documents there are. */
  readonly documents: number;
  /** How many of people's rights the directory before knew better; `unread`: that could not be seen, so it may have been some. */
  readonly takenAlong: number | "unread";
}

/**
 * Puts a backup in place of the data directory, once all of it was read, checked and found to be of this Usher: before that nothing is replaced. The encryption's store
 * never comes from a backup, for it would use keys of messages again that were used since: where the directory before has one, it stays; else Usher comes back as a new
 * device, which its recovery key signs. Whenever it is cut off, the next start finds the old directory or the new one (`finishRestore`). Rejects with `backup-tombstones`, `backup-other-account`, `backup-keys`, and as `openBackup`, `openStore`, `DataKeys.open` and
 * `takeDataDirectory`.
 */
export async function restore(deps: RestoreDeps, options: RestoreOptions): Promise<Restored> {
  const { dataDir, tombstonesFile, clock } = deps;
  if (!options.withoutTombstones && (await nodeFiles.read(tombstonesFile)) === undefined)
    throw new UsherError("backup-tombstones", { file: tombstonesFile });
  await finishRestore(dataDir);
  const staging = stagingOf(dataDir);
  await removeAll(staging);
  const { release, ...prepared } = await prepare(deps, options, staging);
  try {
    const replaced = await replaceDirectory(deps, clock.now());
    if ((await nodeFiles.list(runsFolder(dataDir))).length === 0) await forgetRunsEnd(deps);
    return { ...prepared, ...replaced };
  } finally {
    release();
  }
}

/** Unpacks it and tries it out, and takes the data directory; where that cannot be, nothing of it stays. */
async function prepare(deps: RestoreDeps, options: RestoreOptions, staging: FilePath) {
  try {
    const unpacked = await unpack(deps, options, staging);
    await tryOut(deps, staging);
    const heardAt = await lastHeard(deps);
    await forgetPlace(deps, staging, heardAt === "unknown" ? deps.clock.now() : heardAt);
    const isOlder = heardAt !== "unknown" && heardAt <= Date.parse(unpacked.head.madeAt);
    const takenAlong = isOlder ? 0 : await takeRights(deps, staging);
    return { ...unpacked, takenAlong, release: takeDataDirectory(deps.dataDir) };
  } catch (error) {
    await removeAll(staging);
    throw error;
  }
}

async function unpack(
  { homeserver }: RestoreDeps,
  { file, keysFile = keysBeside(file), identities, withoutKeys = false }: RestoreOptions,
  staging: string,
): Promise<{ readonly head: BackupHead; readonly documents: number }> {
  const { head, entries } = await openBackup(file, identities);
  if (head.holds !== "data") throw new UsherError("backup-damaged");
  if (head.userId !== homeserver.userId)
    throw new UsherError("backup-other-account", { userId: head.userId });
  let documents = 0;
  let credentials = false;
  const take = async (entry: ReadEntry): Promise<void> => {
    credentials ||= entry.name.startsWith(CREDENTIALS);
    if (entry.name.startsWith("documents/")) documents += 1;
    await put(entry, staging);
  };
  for await (const entry of entries) {
    if (withoutKeys && entry.name.startsWith(CREDENTIALS)) await read(entry.bytes);
    else await take(entry);
  }
  if (withoutKeys) return { head, documents };
  if ((await nodeFiles.read(keysFile).catch(() => undefined)) !== undefined) {
    const keys = await openBackup(keysFile, identities);
    if (keys.head.holds !== "keys" || keys.head.madeAt !== head.madeAt)
      throw new UsherError("backup-damaged");
    for await (const entry of keys.entries) {
      if (!entry.name.startsWith(DATA_KEYS)) throw new UsherError("backup-damaged");
      await take(entry);
    }
  } else if (credentials) throw new UsherError("backup-keys", { file: keysFile });
  return { head, documents };
}

/** Writes one file, a document only if it is one. Of the encryption's store it is only seen that it is whole. */
async function put({ name, bytes }: ReadEntry, staging: string): Promise<void> {
  if (name.startsWith("crypto/")) return read(bytes);
  const path = besideData(join(staging, name));
  makeFolders(folderOf(path));
  await writeAll(path, bytes, "durably");
  if (!name.startsWith("documents/")) return;
  const text = (await nodeFiles.read(path)) ?? "";
  if (typeof parseEnvelope(text) === "string") throw new UsherError("backup-damaged");
}

/** Whether this Usher can begin with it: it is of no later one, and the key ring opens what people gave Usher to keep. */
async function tryOut({ keys, clock }: RestoreDeps, staging: string): Promise<void> {
  await withStore({ dataDir: staging, clock }, (documents) =>
    DataKeys.open({
      ...{ documents, clock, files: nodeFiles, dataDir: staging },
      ...{ path: keys.file, groupMayRead: keys.groupMayRead ?? false },
    }),
  );
}

/** Does something with a data directory's documents. Rejects with `backup-damaged` where it meets one that cannot be read. */
async function withStore<T>(
  { dataDir, clock }: Pick<RestoreDeps, "dataDir" | "clock">,
  use: (documents: Documents) => Promise<T>,
): Promise<T> {
  const damaged = (): never => {
    throw new UsherError("backup-damaged");
  };
  const documents = await openStore({ dir: dataDir, clock, onQuarantine: damaged });
  try {
    return await use(documents);
  } finally {
    await documents.close();
  }
}

/**
 * When the directory that is replaced had last heard the homeserver: what was said until then was dealt with. Where it cannot tell, another machine may have dealt with
 * all that was said until now. Ms since the epoch.
 */
async function lastHeard(deps: RestoreDeps): Promise<number | "unknown"> {
  if (!(await isOneBefore(deps))) return "unknown";
  const { dataDir, clock } = deps;
  const account = await withStore({ dataDir, clock }, (documents) =>
    documents.get(accountDocument, "self"),
  ).catch((error: unknown) => {
    if (error instanceof UsherError && error.code === "data-directory-in-use") throw error;
    // What cannot be read may be why a backup is wanted.
    return undefined;
  });
  return account?.syncedAt ?? "unknown";
}

/** Whether there is a data directory to be replaced. */
async function isOneBefore({ dataDir }: RestoreDeps): Promise<boolean> {
  return (await nodeFiles.read(join(dataDir, "names.key"))) !== undefined;
}

/** Takes along what the directory before, which is not known to be older than the backup, knows of people's rights. */
async function takeRights(deps: RestoreDeps, staging: string): Promise<Restored["takenAlong"]> {
  if (!(await isOneBefore(deps))) return 0;
  const { dataDir, clock } = deps;
  return withStore({ dataDir: staging, clock }, (backup) =>
    withStore({ dataDir, clock }, (later) => takeAlong(later, backup)).catch((error: unknown) => {
      if (error instanceof UsherError && error.code === "data-directory-in-use") throw error;
      return "unread";
    }),
  );
}

/** The place in the stream is as old as the backup: from there Usher would hear again what it has answered since, an erasure that was asked for too. */
async function forgetPlace(
  { clock }: RestoreDeps,
  staging: string,
  heardAt: number,
): Promise<void> {
  await withStore({ dataDir: staging, clock }, (documents) =>
    documents.update(accountDocument, "self", (account) =>
      account.syncToken === undefined ? account : { ...account, syncToken: "", syncedAt: heardAt },
    ),
  );
}
