import { lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { nodeFiles, type Files } from "../files/files.ts";
import { replaceFile } from "../files/replaceFile.ts";
import { removeAll } from "../files/workFiles.ts";
import { logsFolder } from "../logs/folder.ts";
import { cryptoFile, readStoredDevice } from "../matrix/crypto/deviceFile.ts";
import { declareFileAnywhere, type FilePath } from "../privacy/declared.ts";
import { BACKUP } from "../privacy/records/backups.ts";
import { runsFolder } from "../retention/runs.ts";

/** What a backup is unpacked into, and what stood there before: folders beside the data directory. */
export const besideData = declareFileAnywhere(
  "a restored data directory, and the one before it",
  BACKUP,
);

const SESSION = "session.json";

/** Stands in a directory that is ready to take the place of another, until all of that is done. */
const MARK = "restoring.json";
const markSchema = z.strictObject({
  /** When it began; ms since the epoch. The directory before goes to a name with that. */
  at: z.number(),
  /** The encryption and the login of the directory before are taken over. */
  isKept: z.boolean(),
});

export interface Replaced {
  /** Where the data directory went that was there before. */
  readonly before: FilePath | undefined;
  /** `kept`: the encryption is that of the directory before, which is never behind. `new`: Usher has to log in as a new device. */
  readonly device: "kept" | "new";
}

interface Directory {
  readonly dataDir: string;
  readonly homeserver: { readonly userId: string };
  /** Those of the system unless given. */
  readonly files?: Files;
}

/** Where a backup is unpacked into. */
export function stagingOf(dataDir: string): FilePath {
  return besideData(`${dataDir}.restoring`);
}

/** Puts what was unpacked and checked in place of the data directory, with the encryption that is there. `now`: ms since the epoch. */
export async function replaceDirectory(
  { dataDir, homeserver, files = nodeFiles }: Directory,
  now: number,
): Promise<Replaced> {
  const aside = beforeRestore(dataDir, now);
  const device = await readStoredDevice(dataDir).catch(() => undefined);
  const isKept = device?.userId === homeserver.userId;
  const isEmpty = (await files.read(join(dataDir, "names.key"))) === undefined && !isKept;
  const mark = besideData(join(stagingOf(dataDir), MARK));
  await replaceFile(files, mark, JSON.stringify({ at: now, isKept }));
  await finishRestore(dataDir, files);
  if (isEmpty) await removeAll(aside);
  return { before: isEmpty ? undefined : aside, device: isKept ? "kept" : "new" };
}

/**
 * Goes on with a restore that was cut off after all had been checked; nothing where there is none. For a start, before anything is read: so it finds the old
 * directory or the new one, whole.
 */
export async function finishRestore(dataDir: string, files: Files = nodeFiles): Promise<void> {
  const data = besideData(dataDir);
  const staging = stagingOf(dataDir);
  const mark = (await files.read(join(staging, MARK))) ?? (await files.read(join(data, MARK)));
  if (mark === undefined) return;
  const { at, isKept } = markSchema.parse(JSON.parse(mark));
  const aside = beforeRestore(dataDir, at);
  if (await isThere(files, staging)) {
    // The old one may have gone aside already. What has come in its place since holds nothing.
    if (await isThere(files, aside)) await removeAll(data);
    else await files.rename(data, aside);
    await files.rename(staging, data);
    await files.syncFolder(dirname(dataDir));
  }
  // The account of the sweeps is this machine's own, and in no backup.
  if ((await isThere(files, runsFolder(aside))) && !(await isThere(files, runsFolder(dataDir))))
    await files.rename(runsFolder(aside), runsFolder(dataDir));
  await takeLogs(files, aside, dataDir);
  if (isKept) {
    if (await isThere(files, cryptoFile(aside)))
      await files.rename(cryptoFile(aside), cryptoFile(dataDir));
    const session = besideData(join(aside, SESSION));
    if ((await files.read(session)) !== undefined)
      await files.rename(session, besideData(join(dataDir, SESSION)));
  }
  await files.syncFolder(dataDir);
  await files.remove(besideData(join(data, MARK)));
}

/**
 * What goes sooner than a directory that was replaced lies beside the other: log lines, which no backup has, go on where they are swept; what was being made for
 * somebody goes, as at each start.
 */
async function takeLogs(files: Files, aside: FilePath, dataDir: string): Promise<void> {
  const logs = logsFolder(aside);
  const isFree = !(await isThere(files, logsFolder(dataDir)));
  if (isFree && (await isThere(files, logs))) await files.rename(logs, logsFolder(dataDir));
  for (const left of [logs, besideData(join(aside, "exports"))]) await removeAll(left);
}

/** What a restore that was killed had unpacked, and not checked to the end, before that time (ms since the epoch): it lies there open, and no start goes on with it. */
export async function leftStaging(dataDir: string, before: number): Promise<FilePath | undefined> {
  const staging = stagingOf(dataDir);
  const stat = await lstat(staging).catch(() => undefined);
  if (stat === undefined || stat.mtimeMs >= before) return undefined;
  return (await nodeFiles.read(join(staging, MARK))) === undefined ? staging : undefined;
}

/** Of folders that are never empty. */
async function isThere(files: Files, folder: string): Promise<boolean> {
  return (await files.list(folder)).length > 0;
}

/** Where a data directory goes that was replaced at that time; ms since the epoch. */
function beforeRestore(dataDir: string, at: number): FilePath {
  return besideData(`${dataDir}.before-${String(at)}`);
}

/** Those that were replaced, with when; ms since the epoch. */
export async function replaced(
  dataDir: string,
): Promise<readonly { readonly at: number; readonly path: FilePath }[]> {
  const prefix = `${basename(dataDir)}.before-`;
  return (await nodeFiles.list(dirname(dataDir)))
    .filter((name) => name.startsWith(prefix) && /^\d{1,16}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .map((at) => ({ at, path: beforeRestore(dataDir, at) }));
}
