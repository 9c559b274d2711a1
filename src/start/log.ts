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
import { afterBoth, LogSweep, type LogsSwept } from "../logs/sweepLogs.ts";

/** The log, and what keeps the promises about it. */
export interface OpenLog {
  readonly log: Log;
  /** Who hears what is logged, also that it cannot be. */
  readonly lines: LogListeners;
  /** Deletes old files; from the first time on, what is left too long stops its class. */
  readonly sweepLogs: SweepLogs;
}

/** `between`: of no run, whose account the next one gives. */
export type SweepLogs = (when?: "between") => Promise<LogsSwept>;

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
    // Whoever reads the files sees that something is not in them.
    if (found.is === "full" || found.is === "dropped") written.error(line);
  };
  // A machine that slept has missed its sweeps.
  const files = new LogFiles({
    ...{ dataDir, clock, limits, trouble },
    sweep: () => void sweepLogs("between"),
  });
  const written = createLog(logLevel, files, clock);
  const sweep = new LogSweep({ dataDir, files: nodeFiles, clock, limits });
  let before: LogsSwept | undefined;
  const sweepLogs: SweepLogs = async (when) => {
    const now = await sweep.sweep();
    files.guard();
    const swept = before === undefined ? now : afterBoth(before, now);
    before = when === "between" ? swept : undefined;
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
  switch (found.is) {
    case "not-written":
      return { class: "ops", what: "log.not-written", code: found.code };
    case "stopped":
      return { class: "ops", what: "log.stopped", code: found.of };
    case "full":
      return { class: "ops", what: "log.full", code: found.of };
    case "dropped":
      return { class: "ops", what: "log.dropped", code: found.of, count: found.count };
  }
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
