import { createRenderer } from "./chat/render.ts";
import { loadTemplates } from "./chat/templates.ts";
import { loadConfig, type Environment } from "./config/load.ts";
import { ConfigError } from "./config/problems.ts";
import { kindWarnings } from "./integrations/prepareKinds.ts";
import { systemClock, type Clock } from "./kernel/clock.ts";
import { UsherError } from "./kernel/errors.ts";
import { OtherClock } from "./kernel/otherClock.ts";
import { KINDS } from "./kinds/index.ts";
import { startOrSafely } from "./safeMode.ts";
import type { RunningUsher } from "./start/hearing.ts";

/** What an operator reads when Usher cannot start or go on: plain sentences; beside what nobody was prepared for, what it was and where. */
export function sentencesOf(error: unknown): string {
  if (error instanceof ConfigError) {
    const whole = error.code === undefined ? [] : [sentencesOf(new UsherError(error.code))];
    return [...error.problems, ...whole].join("\n");
  }
  const known =
    error instanceof UsherError
      ? error
      : new UsherError("unexpected", { reference: undefined }, { cause: error });
  const sentence = createRenderer(loadTemplates()).renderError(known, { calledAs: "" }).body;
  const { cause } = known;
  const about = cause instanceof Error && "path" in cause ? `\n${String(cause.path)}` : "";
  return known.code !== "unexpected" || !(cause instanceof Error)
    ? sentence
    : `${sentence}\n${cause.stack ?? cause.message}${about}`;
}

/** One life of Usher in a terminal: from its configuration to its end, with what an operator reads of it. The process around it is somebody else's. */
export class Program {
  readonly #env: Environment;
  readonly #clock: Clock;
  #usher: RunningUsher | undefined;
  #stopping = false;

  constructor(env: Environment, clock: Clock = { ...systemClock, other: new OtherClock() }) {
    this.#env = env;
    this.#clock = clock;
  }

  /** Resolves when Usher has ended by itself or was stopped; rejects with what ended it. */
  async run(): Promise<void> {
    // Timers between tries do not hold the process, and before the first answer of the homeserver nothing else does.
    const alive = setInterval(() => undefined, 2 ** 30);
    try {
      const config = loadConfig(this.#env);
      for (const warning of [...config.warnings, ...kindWarnings(KINDS, config)])
        console.error(warning);
      const usher = await startOrSafely(config, this.#clock);
      this.#usher = usher;
      if (usher.fault !== undefined)
        console.error(`Usher is in safe mode. ${sentencesOf(usher.fault)}`);
      await usher.ready;
      console.log(`Usher is ready: ${config.homeserver.userId} on ${config.homeserver.url}.`);
      if (config.crypto.engine !== "off")
        console.log(
          `Its recovery key is in ${config.crypto.recoveryKeyFile}: keep a copy elsewhere.`,
        );
      await usher.ended;
    } catch (error) {
      // What fails because it was told to stop has not failed.
      if (!this.#stopping) throw error;
    } finally {
      clearInterval(alive);
    }
  }

  /** Stops what runs and resolves when it has; false if nothing runs yet, or it is being stopped already. */
  async stop(): Promise<boolean> {
    if (this.#stopping) return false;
    this.#stopping = true;
    await this.#usher?.stop();
    return true;
  }
}
