import { readdir } from "node:fs/promises";
import { removeAll } from "../files/workFiles.ts";
import {
  declareFile,
  declareFilesIn,
  declareFilesStarting,
  type FilePath,
} from "../privacy/declared.ts";
import { BACKUP } from "../privacy/records/backups.ts";

const PREFIX = "usher-backup-";
const backupFile = declareFilesStarting(PREFIX, BACKUP);
/** Where one is put together, in the data directory: names for files as they were (hard links) must be on its disk. */
export const backupWork = declareFilesIn("backing-up", BACKUP);

/** Empty. While it is there, a running Usher lets its documents stand still: `askStill`. */
export const askedStill = declareFile("still", BACKUP);

/** Documents of the kind `data-key`: whoever has them and the key ring reads what people gave Usher to keep. */
export const DATA_KEYS = "documents/data-key/";

/** A backup, by the time when it was made. */
export interface KnownBackup {
  /** ms since the epoch. */
  readonly at: number;
  readonly data: FilePath;
  /** Of the people's data keys. */
  readonly keys: FilePath;
}

/** Where a backup of this moment goes; ms since the epoch. */
export function backupOf(folder: string, at: number): KnownBackup {
  const when = new Date(at).toISOString().replaceAll(":", "-");
  return {
    at,
    data: backupFile(folder, `${when}.age`),
    keys: backupFile(folder, `${when}.keys.age`),
  };
}

/** What is being written is called otherwise until it is whole. */
export function beingWritten(folder: string, at: number, what: "data" | "keys"): FilePath {
  return backupFile(folder, `${String(at)}-${what}.part`);
}

/** Those in a folder, oldest first; none where there is no such folder. */
export async function knownBackups(folder: string): Promise<readonly KnownBackup[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const [, day, hour, minute, second] =
        /^usher-backup-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})Z\.(?:keys\.)?age$/.exec(
          name,
        ) ?? [];
      const at = Date.parse(`${day ?? ""}T${hour ?? ""}:${minute ?? ""}:${second ?? ""}Z`);
      return Number.isNaN(at) ? [] : [at];
    })
    .filter((at, index, all) => all.indexOf(at) === index)
    .sort((a, b) => a - b)
    .map((at) => backupOf(folder, at));
}

/** What was being written in a folder when something ended it, if that began before this time; ms since the epoch. */
export async function leftParts(folder: string, before: number): Promise<readonly FilePath[]> {
  const names = await readdir(folder).catch(() => []);
  return names.flatMap((name) => {
    const [, at] = /^usher-backup-(\d{1,16})-(?:data|keys)\.part$/.exec(name) ?? [];
    return at !== undefined && Number(at) < before
      ? [backupFile(folder, name.slice(PREFIX.length))]
      : [];
  });
}

/** The file with the data keys that belongs beside one with the data. */
export function keysBeside(file: string): string {
  return file.replace(/\.age$/, ".keys.age");
}

/** Removes what a process that was killed was making in the data directory. */
export function removeLeftBackups(dataDir: string): Promise<void> {
  return removeAll(backupWork(dataDir));
}
