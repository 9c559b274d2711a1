import type { Config } from "../config/load.ts";
import { logLimits } from "../config/logs.ts";
import { nodeFiles } from "../files/files.ts";
import type { Clock } from "../kernel/clock.ts";
import {
  createLog,
  heardBy,
  LogListeners,
  pseudonymsBy,
  standardError,
  type Log,
  type LogDestination,
  type LogFields,
} from "../kernel/log.ts";
import { LogFiles, type LogTrouble } from "../logs/logFiles.ts";
import { LogSweep, type LogsSwept } from "../logs/sweepLogs.ts";

/** The log, and what keeps the promises about it. */
export interface OpenLog {
  readonly log: Log;
  /** Who hears what is logged, also that it cannot be. */
  readonly lines: LogListeners;
  /** Deletes old files; from the first time on, what is left too long stops its class. */
  readonly sweepLogs: () => Promise<LogsSwept>;
}

/** Nothing is written before the first line. Files are swept whether or not new ones are written: older ones may be left. */
export function openLog(
  config: Pick<Config, "dataDir" | "logLevel" | "logs">,
  clock: Clock,
): OpenLog {
  pseudonymsBy(clock);
  const { dataDir, logLevel, logs } = config;
  const lines = new LogListeners();
  const plain = createLog(logLevel, standardError, clock);
  const limits = logLimits(logs.keepDays);
  const trouble = (found: LogTrouble): void => {
    const line = troubleLine(found);
    plain.error(line);
    lines.tell(line);
    // A machine that slept has missed its sweeps.
    if (found.is === "stopped") void sweepLogs();
  };
  const files = new LogFiles({ dataDir, clock, limits, trouble });
  const sweep = new LogSweep({ dataDir, files: nodeFiles, clock, limits });
  const sweepLogs = async (): Promise<LogsSwept> => {
    const swept = await sweep.sweep();
    files.guard();
    return swept;
  };
  const log = createLog(logLevel, destinationOf(logs.to, files), clock);
  return {
    log: heardBy(log, lines),
    lines,
    sweepLogs,
  };
}

/** A line that cannot be where it belongs; it holds nothing that it was about. */
function troubleLine(found: LogTrouble): LogFields {
  return found.is === "stopped"
    ? { class: "ops", what: "log.stopped", code: found.of }
    : { class: "ops", what: "log.not-written", code: found.code };
}

function destinationOf(to: Config["logs"]["to"], files: LogFiles): LogDestination {
  if (to === "files") return files;
  if (to === "stderr") return standardError;
  return {
    write: (line, of) => {
      standardError.write(line, of);
      files.write(line, of);
    },
  };
}
