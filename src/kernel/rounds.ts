import { schedule } from "node-cron";
import { errorFields, type Log } from "./log.ts";

/** Something to do again and again. */
export interface Round {
  /** Its name in the log: `<name>.failed` where it failed, `<name>.late` where one of its times was passed over. */
  readonly name: string;
  /** As cron has it, with seconds; UTC. */
  readonly when: string;
  readonly work: () => Promise<void>;
}

/**
 * Does each at its times, none a second time beside itself. What fails is done again when its next time comes.
 * Resolves, when what is returned is called, once no more will begin.
 */
export function startRounds(rounds: readonly Round[], log: Log): () => Promise<void> {
  // The scheduler computes in the zone of the machine, whatever it is told: in the night in which clocks there are put back it leaves out an hour.
  process.env["TZ"] = "UTC";
  const tasks = rounds.map(({ name, when, work }) =>
    schedule(when, work, { timezone: "UTC", noOverlap: true, logger: schedulerLog(name, log) }),
  );
  return async () => {
    for (const task of tasks) await task.destroy();
  };
}

/** What the scheduler says, in our log and in our words: by itself it would write sentences to the error stream. */
function schedulerLog(name: string, log: Log) {
  const silent = (): void => undefined;
  const fail = (said: string | Error, error: unknown = said): void => {
    log.error({ class: "ops", what: `${name}.failed`, ...errorFields(error) });
  };
  const late = (): void => {
    log.warn({ class: "ops", what: `${name}.late` });
  };
  return { info: silent, debug: silent, warn: late, error: fail };
}
