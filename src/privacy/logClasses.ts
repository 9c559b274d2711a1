import type { LogClass } from "../kernel/log.ts";
import type { Duration } from "./duration.ts";
import type { DataRecord, Lasting } from "./record.ts";
import { ACCESS_LOG, AUDIT_LOG, LOG, OPS_LOG } from "./records/log.ts";

/** What each class of log lines is in the data map. Its time there is the longest that there can be: the configuration only shortens it (R55, R56, R60). */
export const LOG_CLASSES = {
  bot: LOG,
  bridge: LOG,
  access: ACCESS_LOG,
  audit: AUDIT_LOG,
  ops: OPS_LOG,
} as const satisfies Readonly<Record<LogClass, DataRecord<Lasting>>>;

/** How long lines of each class are kept. */
export type LogLimits = Readonly<Record<LogClass, Duration>>;

/** The days that every such length has at least: a year may be one of 365. */
export function wholeDays(length: Duration): number {
  if ("days" in length) return length.days;
  return "months" in length ? Math.floor(length.months / 12) * 365 : 0;
}
