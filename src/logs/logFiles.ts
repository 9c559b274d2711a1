import { readdirSync } from "node:fs";
import { appendLine } from "../files/appendLine.ts";
import { systemCode } from "../files/systemCode.ts";
import type { Clock } from "../kernel/clock.ts";
import type { LogClass, LogDestination } from "../kernel/log.ts";
import { sinceWhen } from "../privacy/kept.ts";
import type { LogLimits } from "../privacy/logClasses.ts";
import { hourOf, hourOfName, logFile, logFolder, nameOfHour } from "./folder.ts";

/** What went wrong with writing lines. `stopped`: files that should be gone are there, so nothing is added to them. */
export type LogTrouble =
  | { readonly is: "not-written"; readonly code: string }
  | { readonly is: "stopped"; readonly of: LogClass };

export interface LogFilesDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly limits: LogLimits;
  /** Told once of each trouble, until lines are written again. */
  readonly trouble: (found: LogTrouble) => void;
}

/** How often it is looked whether what stopped a class is over; ms. */
const AGAIN_MS = 60_000;

/** What is known of the files of one class. */
interface Written {
  hour: number;
  /** The hour of the oldest file, as of the last look. */
  oldest: number;
  lookedAt: number;
}

/**
 * Writes log lines into files by class and hour. Never throws: a full disk stops nobody's command. A class whose oldest file should be gone and is not
 * stops by itself, whatever the reason, so that no more comes of a promise that is not kept (fail closed).
 */
export class LogFiles implements LogDestination {
  readonly #deps: LogFilesDeps;
  readonly #written = new Map<LogClass, Written>();
  readonly #stopped = new Set<LogClass>();
  #failing = false;
  #guarded = false;

  constructor(deps: LogFilesDeps) {
    this.#deps = deps;
  }

  /** Old files have been looked at for the first time: from now on each that is left too long stops its class. */
  guard(): void {
    this.#guarded = true;
    this.#written.clear();
  }

  write(line: string, of: LogClass): void {
    const { dataDir, clock, trouble } = this.#deps;
    const now = clock.now();
    try {
      const { known, begun } = this.#know(of, now);
      if (this.#guarded && this.#isOverdue(known, of, now)) {
        if (!this.#stopped.has(of)) trouble({ is: "stopped", of });
        this.#stopped.add(of);
        return;
      }
      appendLine(logFile(dataDir, of, nameOfHour(of, known.hour)), line, begun);
      this.#failing = false;
      this.#stopped.delete(of);
    } catch (error) {
      // Whether the last line is whole is looked at again.
      this.#written.delete(of);
      const first = !this.#failing;
      this.#failing = true;
      if (first) trouble({ is: "not-written", code: systemCode(error) });
    }
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
