import { HOUR_MS } from "../kernel/days.ts";
import type { LogClass } from "../kernel/log.ts";
import { declareFilesIn, folderOf, type FilePath } from "../privacy/declared.ts";
import { LOG_CLASSES } from "../privacy/logClasses.ts";

/**
 * Where log lines lie in the data directory: `logs/<class>/<class>-2026-11-23T05Z.ndjson`, a file for each class and hour (UTC). Each is as old as its name
 * says: what the system says of a file changes when it is copied.
 */
const PATHS = {
  bot: declareFilesIn("logs/bot", LOG_CLASSES.bot),
  bridge: declareFilesIn("logs/bridge", LOG_CLASSES.bridge),
  access: declareFilesIn("logs/access", LOG_CLASSES.access),
  audit: declareFilesIn("logs/audit", LOG_CLASSES.audit),
  ops: declareFilesIn("logs/ops", LOG_CLASSES.ops),
} as const satisfies Readonly<
  Record<LogClass, (folder: string, ...names: readonly string[]) => FilePath>
>;

/** The folder of all classes. */
export function logsFolder(dataDir: string): FilePath {
  return folderOf(logFolder(dataDir, "ops"));
}

export function logFolder(dataDir: string, of: LogClass): FilePath {
  return PATHS[of](dataDir);
}

export function logFile(dataDir: string, of: LogClass, name: string): FilePath {
  return PATHS[of](dataDir, name);
}

/** The name for the lines of the hour that begins then (ms since the epoch). `again` tells it from others of the same hour. */
export function nameOfHour(of: LogClass, hour: number, again = 0): string {
  const more = again === 0 ? "" : `.${String(again)}`;
  return `${of}-${new Date(hour).toISOString().slice(0, 13)}Z${more}.ndjson`;
}

/** When the hour of a file of this class began, ms since the epoch; undefined where the name is none of ours. */
export function hourOfName(of: LogClass, name: string): number | undefined {
  const [, day, hour] = /^[a-z]+-(\d{4}-\d{2}-\d{2})T(\d{2})Z(?:\.\d+)?\.ndjson$/.exec(name) ?? [];
  const at = Date.parse(`${String(day)}T${String(hour)}:00:00Z`);
  return name.startsWith(`${of}-`) && !Number.isNaN(at) ? at : undefined;
}

/** The beginning of the hour that this moment (ms since the epoch) is in. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
