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

/** Rounds that are under way. */
export interface RunningRounds {
  /** Resolves once no more will begin. What has begun goes on. */
  end(): Promise<void>;
  /** Resolves when none is at work. */
  settled(): Promise<void>;
}

/** Does each at its times, none a second time beside itself. What fails is done again when its next time comes. */
export function startRounds(rounds: readonly Round[], log: Log): RunningRounds {
  // The scheduler computes in the zone of the machine, whatever it is told: in the night in which clocks there are put back it leaves out an hour.
  process.env["TZ"] = "UTC";
  const atWork = new Set<Promise<void>>();
  const tasks = rounds.map(({ name, when, work }) => {
    const once = async (): Promise<void> => {
      const done = work();
      atWork.add(done);
      try {
        await done;
      } finally {
        atWork.delete(done);
      }
    };
    const options = { timezone: "UTC", noOverlap: true, logger: schedulerLog(name, log) };
    return schedule(when, once, options);
  });
  return {
    async end() {
      for (const task of tasks) await task.destroy();
    },
    async settled() {
      await Promise.allSettled(atWork);
    },
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
