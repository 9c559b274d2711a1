import { lstat } from "node:fs/promises";
import type { Files } from "../files/files.ts";
import { readLines } from "../files/workFiles.ts";
import { systemCode } from "../files/systemCode.ts";
import type { Clock } from "../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../kernel/days.ts";
import { LOG_CLASS_NAMES, type LogClass } from "../kernel/log.ts";
import { sinceWhen } from "../privacy/kept.ts";
import type { LogLimits } from "../privacy/logClasses.ts";
import { hourOf, hourOfName, logFile, logFolder, nameOfHour } from "./folder.ts";

/** What became of the files of one class. */
export interface ClassSwept {
  /** What is as old as this has been kept long enough; ms since the epoch. */
  readonly cutoff: number;
  /** How many files there were. */
  readonly scanned: number;
  readonly deleted: readonly { readonly name: string; readonly bytes: number }[];
  /** Since when the oldest line is held that is left; ms since the epoch. Undefined where there is none. */
  readonly oldest: number | undefined;
  /** Codes of what went wrong. */
  readonly errors: readonly string[];
}

export type LogsSwept = Readonly<Record<LogClass, ClassSwept>>;

/** Two sweeps as one: what there was, what went with either, and what is left. */
export function afterBoth(before: LogsSwept, now: LogsSwept): LogsSwept {
  const both = LOG_CLASS_NAMES.map((of): readonly [LogClass, ClassSwept] => {
    const { scanned, deleted, ...left } = now[of];
    const gone = before[of].deleted;
    return [of, { ...left, scanned: scanned + gone.length, deleted: [...gone, ...deleted] }];
  });
  return Object.fromEntries(both) as LogsSwept;
}

interface LogSweepDeps {
  readonly dataDir: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly limits: LogLimits;
  /** Reads a file line by line; that of the system unless given. */
  readonly lines?: (path: string) => AsyncIterable<string>;
}

/** What another account's file says to whoever would read it, though they may delete it. */
const UNREADABLE: readonly string[] = ["EACCES", "EPERM"];

/** A sweep comes this long before each full hour, when the next files are due, and takes them along; ms. */
const AHEAD_MS = 30_000;

/** What became of one file. */
type Outcome =
  | { readonly is: "kept"; readonly since: number }
  | { readonly is: "deleted"; readonly bytes: number }
  // Somebody else deleted it since the folder was read: another sweep, as of a machine that slept.
  | { readonly is: "gone" }
  | { readonly is: "failed"; readonly code: string; readonly since: number };

/** Deletes log files by the age of their oldest line (R55, R56, R60). */
export class LogSweep {
  readonly #deps: LogSweepDeps;
  /** The time of the first line of files that were looked at, by path: it does not change. */
  readonly #firstLines = new Map<string, number>();
  /**
   * Since when files are seen that are more than a day ahead, by path. Until that is a day, it may as well be the present clock that is wrong, as that of a machine
   * without a battery is at its start: then they are young, and are left as they are.
   */
  readonly #farAhead = new Map<string, number>();

  constructor(deps: LogSweepDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what cannot be read or deleted is among the errors, and the others go. */
  async sweep(): Promise<LogsSwept> {
    const swept: [LogClass, ClassSwept][] = [];
    for (const of of LOG_CLASS_NAMES) swept.push([of, await this.#class(of)]);
    return Object.fromEntries(swept) as LogsSwept;
  }

  async #class(of: LogClass): Promise<ClassSwept> {
    const { dataDir, files, clock, limits } = this.#deps;
    const cutoff = sinceWhen(limits[of], clock.now() + AHEAD_MS);
    const folder = logFolder(dataDir, of);
    const deleted: ClassSwept["deleted"][number][] = [];
    const errors: string[] = [];
    const left: number[] = [];
    let scanned = 0;
    try {
      for (const name of await this.#names(folder)) {
        const outcome = await this.#file(of, name, cutoff);
        if (outcome.is === "gone") continue;
        scanned += 1;
        if (outcome.is === "deleted") deleted.push({ name, bytes: outcome.bytes });
        else left.push(outcome.since);
        if (outcome.is === "failed") errors.push(outcome.code);
      }
      if (deleted.length > 0) await files.syncFolder(folder);
    } catch (error) {
      errors.push(systemCode(error));
    }
    const oldest = left.length === 0 ? undefined : Math.min(...left);
    return { cutoff, scanned, deleted, oldest, errors };
  }

  /** A link that leads elsewhere is not followed. */
  async #names(folder: string): Promise<readonly string[]> {
    const names = await this.#deps.files.list(folder);
    if (names.length > 0 && !(await lstat(folder)).isDirectory()) throw coded("ENOTDIR");
    return names;
  }

  async #file(of: LogClass, name: string, cutoff: number): Promise<Outcome> {
    const { dataDir, files, clock } = this.#deps;
    const path = logFile(dataDir, of, name);
    const now = clock.now();
    const named = hourOfName(of, name);
    let since = named ?? now;
    try {
      const stat = await lstat(path);
      if (!stat.isFile()) throw coded("unknown-file");
      const first = await this.#firstLine(path).catch((error: unknown) => {
        // As of an Usher that root once ran: it goes by its name, and stays no longer for that.
        if (named === undefined || !UNREADABLE.includes(systemCode(error))) throw error;
        return undefined;
      });
      if (first === undefined && named === undefined) throw coded("unknown-file");
      // What is copied or renamed is as old as its first line; what a torn line begins, as its name.
      since = Math.min(named ?? Infinity, first ?? Infinity);
      const far = since > now + DAY_MS;
      const seen = far ? (this.#farAhead.get(path) ?? now) : now;
      if (far) this.#farAhead.set(path, seen);
      else this.#farAhead.delete(path);
      if (since > now + HOUR_MS) {
        since = hourOf(seen);
        if (!far || now - seen >= DAY_MS) {
          await this.#toPresent(of, name, since);
          this.#farAhead.delete(path);
        }
      }
      if (since > cutoff) return { is: "kept", since };
      await files.remove(path);
      this.#firstLines.delete(path);
      return { is: "deleted", bytes: stat.size };
    } catch (error) {
      const code = systemCode(error);
      return code === "ENOENT" ? { is: "gone" } : { is: "failed", code, since };
    }
  }

  /** The clock was ahead when it was written. How long it has been here nobody knows any more, so it counts from now. */
  async #toPresent(of: LogClass, name: string, hour: number): Promise<void> {
    const { dataDir, files } = this.#deps;
    const taken = await files.list(logFolder(dataDir, of));
    let again = 1;
    while (taken.includes(nameOfHour(of, hour, again))) again += 1;
    await files.rename(
      logFile(dataDir, of, name),
      logFile(dataDir, of, nameOfHour(of, hour, again)),
    );
  }

  async #firstLine(path: string): Promise<number | undefined> {
    const known = this.#firstLines.get(path);
    if (known !== undefined) return known;
    const { lines = readLines } = this.#deps;
    for await (const line of lines(path)) {
      const time = timeOf(line);
      if (time !== undefined) this.#firstLines.set(path, time);
      return time;
    }
    return undefined;
  }
}

/** When a line was written, ms since the epoch; undefined where it does not say. */
function timeOf(line: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    const time =
      typeof parsed === "object" && parsed !== null && "time" in parsed ? parsed.time : undefined;
    return typeof time === "number" ? time : undefined;
  } catch {
    return undefined;
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
