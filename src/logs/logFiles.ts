import { readdirSync, statSync } from "node:fs";
import { appendLine } from "../files/appendLine.ts";
import { systemCode } from "../files/systemCode.ts";
import type { Clock } from "../kernel/clock.ts";
import { dayOf } from "../kernel/days.ts";
import type { LogClass, LogDestination } from "../kernel/log.ts";
import { sinceWhen } from "../privacy/kept.ts";
import type { LogLimits } from "../privacy/logClasses.ts";
import { hourOf, hourOfName, logFile, logFolder, nameOfHour } from "./folder.ts";

const MIB = 1024 * 1024;

/**
 * How much each class may grow by in a day (UTC); bytes. What is kept longer may grow less: all of them together stay below 3 GiB, whatever floods them, and in quiet
 * times come to a hundredth of it.
 */
export const MOST_A_DAY: Readonly<Record<LogClass, number>> = {
  bot: 16 * MIB,
  bridge: 16 * MIB,
  access: 16 * MIB,
  audit: 2 * MIB,
  ops: 4 * MIB,
};

/**
 * What went wrong with writing lines. `stopped`: files that should be gone are there, so nothing is added to them. `full`: no more is written today. `dropped`: how many
 * lines were not, told when the day is over.
 */
export type LogTrouble =
  | { readonly is: "not-written"; readonly code: string }
  | { readonly is: "stopped" | "full"; readonly of: LogClass }
  | { readonly is: "dropped"; readonly of: LogClass; readonly count: number };

export interface LogFilesDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly limits: LogLimits;
  readonly most?: Readonly<Record<LogClass, number>>;
  /** Told once of each trouble, until lines are written again. */
  readonly trouble: (found: LogTrouble) => void;
  /** Asked to delete old files where there are some that should be gone; `guard` follows when that is done. */
  readonly sweep: () => void;
}

/** How often it is looked whether what stopped a class is over; ms. */
const AGAIN_MS = 60_000;
/** How many lines of a class wait for a sweep. */
const HELD = 1_000;

/** What is known of the files of one class. */
interface Written {
  hour: number;
  /** The hour of the oldest file, as of the last look. */
  oldest: number;
  lookedAt: number;
}

/** How much one class has grown by on a day. */
interface Grown {
  readonly day: string;
  bytes: number;
  dropped: number;
}

/**
 * Writes log lines into files by class and hour. Never throws: a full disk stops nobody's command. Where the oldest file of a class should be gone, as when the machine
 * has slept, its lines wait until that was swept; a class whose oldest file is there even then stops by itself, whatever the reason, so that no more comes of a promise
 * that is not kept (fail closed).
 */
export class LogFiles implements LogDestination {
  readonly #deps: LogFilesDeps;
  readonly #written = new Map<LogClass, Written>();
  readonly #grown = new Map<LogClass, Grown>();
  readonly #held = new Map<LogClass, string[]>();
  readonly #stopped = new Set<LogClass>();
  #failing = false;
  #guarded = false;

  constructor(deps: LogFilesDeps) {
    this.#deps = deps;
  }

  /** Old files have been looked at: from the first time on each that is left too long stops its class. What waited for that is written. */
  guard(): void {
    this.#guarded = true;
    this.#written.clear();
    const held = [...this.#held];
    this.#held.clear();
    for (const [of, lines] of held) for (const line of lines) this.#write(line, of, "swept");
  }

  write(line: string, of: LogClass): void {
    this.#write(line, of);
  }

  #write(line: string, of: LogClass, swept?: "swept"): void {
    const { dataDir, clock, trouble } = this.#deps;
    const now = clock.now();
    try {
      const { known, begun } = this.#know(of, now);
      if (this.#guarded && this.#isOverdue(known, of, now)) {
        if (this.#stopped.has(of)) return;
        if (swept === undefined) return this.#hold(line, of);
        this.#stopped.add(of);
        trouble({ is: "stopped", of });
        return;
      }
      this.#stopped.delete(of);
      if (!this.#fits(line, of, now)) return;
      appendLine(logFile(dataDir, of, nameOfHour(of, known.hour)), line, begun);
      this.#failing = false;
    } catch (error) {
      // Whether the last line is whole is looked at again.
      this.#written.delete(of);
      const first = !this.#failing;
      this.#failing = true;
      if (first) trouble({ is: "not-written", code: systemCode(error) });
    }
  }

  #hold(line: string, of: LogClass): void {
    const held = this.#held.get(of);
    if (held === undefined) {
      this.#held.set(of, [line]);
      this.#deps.sweep();
    } else if (held.length < HELD) held.push(line);
  }

  /** Whether there is room for it today; of what there is none for it is counted how much it is. */
  #fits(line: string, of: LogClass, now: number): boolean {
    const { trouble, most = MOST_A_DAY } = this.#deps;
    const day = dayOf(now);
    const before = this.#grown.get(of);
    const grown = before?.day === day ? before : { day, bytes: this.#sizeOn(of, day), dropped: 0 };
    this.#grown.set(of, grown);
    if (before !== undefined && before !== grown && before.dropped > 0)
      trouble({ is: "dropped", of, count: before.dropped });
    const bytes = Buffer.byteLength(line);
    if (grown.bytes + bytes > most[of]) {
      grown.dropped += 1;
      if (grown.dropped === 1) trouble({ is: "full", of });
      return false;
    }
    grown.bytes += bytes;
    return true;
  }

  #sizeOn(of: LogClass, day: string): number {
    const { dataDir } = this.#deps;
    return namesIn(logFolder(dataDir, of))
      .filter((name) => dayOf(hourOfName(of, name) ?? 0) === day)
      .map((name) => statSync(logFile(dataDir, of, name), { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);
  }

  #know(of: LogClass, now: number): { readonly known: Written; readonly begun: boolean } {
    const hour = hourOf(now);
    const known = this.#written.get(of);
    if (known?.hour === hour) return { known, begun: true };
    const found = { hour, oldest: Math.min(hour, this.#oldest(of)), lookedAt: now };
    this.#written.set(of, found);
    return { known: found, begun: false };
  }

  #isOverdue(known: Written, of: LogClass, now: number): boolean {
    const isLate = (): boolean => known.oldest <= sinceWhen(this.#deps.limits[of], now);
    if (isLate() && (!this.#stopped.has(of) || Math.abs(now - known.lookedAt) >= AGAIN_MS)) {
      known.oldest = Math.min(known.hour, this.#oldest(of));
      known.lookedAt = now;
    }
    return isLate();
  }

  #oldest(of: LogClass): number {
    const { dataDir } = this.#deps;
    return Math.min(
      ...namesIn(logFolder(dataDir, of)).map((name) => hourOfName(of, name) ?? Infinity),
    );
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
