import { basename } from "node:path";
import type { Clock } from "../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../kernel/days.ts";
import { nodeFiles } from "../files/files.ts";
import { systemCode } from "../files/systemCode.ts";
import { removeAll } from "../files/workFiles.ts";
import { UsherError } from "../kernel/errors.ts";
import type { Part } from "../matrix/part.ts";
import { backupOf, knownBackups, leftParts, type KnownBackup } from "./backupFiles.ts";
import { makeBackup, type BackupDeps, type MadeBackup } from "./makeBackup.ts";
import { checkBackup } from "./openBackup.ts";
import { leftStaging, replaced } from "./replaceDirectory.ts";

/** How long people's data keys are kept in backups at most: what a copy holds of the erased opens with nothing after that; ms. */
const KEYS_MS = 7 * DAY_MS;

interface BackupsDeps extends BackupDeps {
  readonly backup: BackupDeps["backup"] & { readonly keepDays: number };
  /** These open backups, where the operator keeps that on this machine; undefined where it is elsewhere, as it should be. */
  readonly identities: (() => Promise<readonly string[]>) | undefined;
  readonly clock: Clock;
}

/** What can be said of backups; times in ms since the epoch. */
export interface BackupFacts {
  /** Whether one can be made. */
  readonly configured: boolean;
  readonly lastAt: number | undefined;
  /** Whether the last one opens; undefined where nobody here can tell. */
  readonly opens: boolean | undefined;
}

/** Backups of the data directory: made when an operator says so, and deleted when they are old (D27). */
export class Backups implements Part {
  readonly name = "backups";
  readonly #deps: BackupsDeps;
  /** Since when backups are seen that are more than a day ahead, by path; ms since the epoch. */
  readonly #ahead = new Map<string, number>();
  #making: Promise<MadeBackup> | undefined;

  constructor(deps: BackupsDeps) {
    this.#deps = deps;
  }

  /** Makes one; asked meanwhile, it is the same. Rejects with `backup-not-kept` where old ones cannot be deleted, else as `makeBackup`. */
  make(): Promise<MadeBackup> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** One more beside those that should be gone would be one more of a promise that is not kept. */
  async #make(): Promise<MadeBackup> {
    try {
      await this.sweep();
    } catch (error) {
      throw new UsherError("backup-not-kept", { code: systemCode(error) }, { cause: error });
    }
    return makeBackup(this.#deps);
  }

  /** Deletes what is older than the operator keeps, and data directories that a restore replaced so long ago; what a kill left half written. */
  async sweep(): Promise<void> {
    const { backup, dataDir, clock } = this.#deps;
    const now = clock.now();
    const since = now - backup.keepDays * DAY_MS;
    for (const known of await knownBackups(backup.folder)) {
      const { at, data, keys } = await this.#present(known, now);
      if (at <= Math.max(since, now - KEYS_MS)) await removeAll(keys);
      if (at <= since) await removeAll(data);
    }
    for (const { at, path } of await replaced(dataDir)) if (at <= since) await removeAll(path);
    // No restore takes a day.
    const staging = await leftStaging(dataDir, now - DAY_MS);
    if (staging !== undefined) await removeAll(staging);
    for (const part of await leftParts(backup.folder, now - HOUR_MS)) await removeAll(part);
  }

  /**
   * A backup that is more than a day ahead was made by a clock that was. It would lie there until that day has come, while the tombstones of those who were erased since are
   * gone. How old it is nobody knows any more, so its time counts from now; once it was seen ahead for a day, for the present clock may as well be the one that is wrong.
   */
  async #present(known: KnownBackup, now: number): Promise<KnownBackup> {
    const { at, data, keys } = known;
    if (at <= now + DAY_MS) {
      this.#ahead.delete(data);
      return known;
    }
    const seen = this.#ahead.get(data) ?? now;
    this.#ahead.set(data, seen);
    if (now - seen < DAY_MS) return known;
    const present = backupOf(this.#deps.backup.folder, now);
    for (const [from, to] of [[keys, present.keys] as const, [data, present.data] as const])
      if ((await nodeFiles.list(this.#deps.backup.folder)).includes(basename(from)))
        await nodeFiles.rename(from, to);
    this.#ahead.delete(data);
    return present;
  }

  /** When the last copy of what was there at a time goes; undefined where there is none. Both ms since the epoch. */
  async copiesUntil(at: number): Promise<number | undefined> {
    const { folder, keepDays } = this.#deps.backup;
    const last = (await knownBackups(folder).catch(() => [])).findLast((one) => one.at <= at);
    return last && last.at + keepDays * DAY_MS;
  }

  /** For `admin doctor`. Never rejects. */
  async facts(): Promise<BackupFacts> {
    const { backup, identities } = this.#deps;
    const last = (await knownBackups(backup.folder).catch(() => [])).at(-1);
    const opens =
      last === undefined || identities === undefined
        ? undefined
        : await opening(last.data, last.keys, identities);
    return { configured: backup.recipient !== undefined, lastAt: last?.at, opens };
  }
}

async function opening(
  data: string,
  keys: string,
  identities: () => Promise<readonly string[]>,
): Promise<boolean> {
  try {
    const openers = await identities();
    for (const file of [data, keys]) await checkBackup(file, openers);
    return true;
  } catch {
    return false;
  }
}
