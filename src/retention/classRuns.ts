import { HOUR_MS } from "../kernel/days.ts";
import { LOG_CLASS_NAMES } from "../kernel/log.ts";
import type { LogsSwept } from "../logs/sweepLogs.ts";
import { durationInWords } from "../privacy/duration.ts";
import { LOG_CLASSES, type LogLimits } from "../privacy/logClasses.ts";
import type { ClassRun } from "./runs.ts";

/** What failed, by the sweep that did, or by the name of what is none. */
export type Failures = ReadonlyMap<string, readonly Error[]>;

/** The record of a class of a run. */
export function recordOf(id: string): string {
  const of = LOG_CLASS_NAMES.find((name) => id === `log.${name}`);
  return of === undefined ? id : LOG_CLASSES[of].id;
}

export function logRuns(swept: LogsSwept, limits: LogLimits): readonly ClassRun[] {
  return LOG_CLASS_NAMES.map((of) => {
    const { cutoff, scanned, deleted, oldest, errors } = swept[of];
    return {
      id: `log.${of}`,
      limit: durationInWords(limits[of]),
      cutoff,
      scanned,
      deleted: { things: 0, files: deleted.map((file) => ({ ...file })) },
      ...(oldest === undefined ? {} : { oldest }),
      errors: [...errors],
    };
  });
}

export function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** What the log says of a run that failed. */
export function failureOf(classes: readonly ClassRun[], failures: Failures): Error {
  const [first] = [...failures.values()].flat();
  const code = classes.flatMap(({ errors }) => errors)[0] ?? "unknown";
  return first ?? Object.assign(new Error("not all is gone that should be"), { name: code, code });
}

/** A run comes this long before each full hour, when the next log files are due; ms. */
const BEFORE_HOUR_MS = 15_000;

/** Which of the hourly runs a moment belongs to. */
export function runOf(at: number): number {
  return Math.floor((at + BEFORE_HOUR_MS) / HOUR_MS);
}
