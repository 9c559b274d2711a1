import { z } from "zod";
import type { LogClass } from "../kernel/log.ts";
import { durationInWords } from "../privacy/duration.ts";
import { LOG_CLASSES, wholeDays, type LogLimits } from "../privacy/logClasses.ts";

/** How many days one class is kept. */
function days(of: LogClass, what: string) {
  const { retention } = LOG_CLASSES[of];
  const most = wholeDays(retention.for);
  return z
    .int("must be a whole number.")
    .min(1, "must be at least 1.")
    .max(
      most,
      `must be at most ${String(most)}: people are promised that this goes after ${durationInWords(retention.for)}, and that can only be made shorter.`,
    )
    .optional()
    .meta({
      description: `How long ${what}; days. Left out: ${durationInWords(retention.for)}, which is the most.`,
      examples: [most],
    });
}

/** Where the log goes, and what of it goes when. */
export const logsSection = z
  .strictObject({
    to: z
      .enum(["files", "stderr", "both"])
      .default("files")
      .meta({
        description:
          "Where the log goes: into files in the data directory, which Usher deletes in time; to standard error, where whoever keeps that must do so " +
          "(`docs/running.md` says how); or to both.",
        env: "USHER_LOGS_TO",
      }),
    keepDays: z
      .strictObject({
        bot: days("bot", "lines about what people have Usher do stay"),
        bridge: days("bridge", "lines about what comes through bridges stay"),
        access: days("access", "lines about who comes over the web stay; there are none so far"),
        audit: days("audit", "lines about what was done with what is kept about people stay"),
        ops: days("ops", "lines about how Usher runs stay, which hold no person and no room"),
      })
      .prefault({}),
  })
  .prefault({})
  .meta({ description: "The log." });

/** How long each class is kept, by the configuration. */
export function logLimits(
  keepDays: Readonly<Partial<Record<LogClass, number | undefined>>>,
): LogLimits {
  const of = (name: LogClass) => {
    const shorter = keepDays[name];
    return shorter === undefined ? LOG_CLASSES[name].retention.for : { days: shorter };
  };
  return {
    bot: of("bot"),
    bridge: of("bridge"),
    access: of("access"),
    audit: of("audit"),
    ops: of("ops"),
  };
}

/** What an operator owes who has the log on standard error. */
export function logWarnings(
  mode: "production" | "trial",
  to: "files" | "stderr" | "both",
): readonly string[] {
  if (mode === "trial" || to === "files") return [];
  return [
    `The log goes to standard error (logs.to), where Usher can delete nothing. Whoever keeps that must delete it: people are promised that lines about them go after ${durationInWords(LOG_CLASSES.bot.retention.for)}. docs/running.md says how.`,
  ];
}
