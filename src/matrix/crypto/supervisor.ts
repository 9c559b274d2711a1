import { sleep, type Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { CryptoEngine } from "./engine.ts";

const LONGEST_WAIT_MS = 60_000;

interface SupervisorDeps {
  readonly engine: Pick<CryptoEngine, "restart" | "healthy">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called after each restart. */
  readonly onRestarted: () => void;
}

/** Opens a broken engine's store again, and lets those wait who need it. */
export class Supervisor {
  readonly #deps: SupervisorDeps;
  #restarting: Promise<void> | undefined;
  #restarts = 0;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** How often the engine was restarted since the start. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Nothing is restarted any more: what fails now fails because Usher stops. */
  get stopped(): boolean {
    return this.#deps.signal.aborted;
  }

  /** The engine broke. Never throws; the restart goes on by itself. */
  broken(): void {
    this.#deps.log.error({ class: "ops", what: "crypto.engine-broken" });
    this.#restarting ??= this.#restart();
  }

  /** Does the task; once more after a restart if the engine broke meanwhile. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#restarting;
    try {
      return await task();
    } catch (error) {
      if (
        !(error instanceof UsherError) ||
        error.code !== "crypto-engine-broken" ||
        this.#deps.signal.aborted
      )
        throw error;
      await this.#restarting;
      return task();
    }
  }

  async #restart(): Promise<void> {
    const { engine, clock, log, signal, onRestarted } = this.#deps;
    for (let failed = 0; !signal.aborted; failed += 1) {
      try {
        if (failed > 0) await sleep(clock, Math.min(500 * 2 ** failed, LONGEST_WAIT_MS), signal);
        await engine.restart();
        this.#restarts += 1;
        log.info({ class: "ops", what: "crypto.engine-restarted", count: this.#restarts });
        break;
      } catch (error) {
        if (!signal.aborted)
          log.error({ class: "ops", what: "crypto.restart-failed", ...errorFields(error) });
      }
    }
    this.#restarting = undefined;
    if (!signal.aborted) onRestarted();
  }
}
