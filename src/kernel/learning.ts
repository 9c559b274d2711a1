import { sleep, type Clock } from "./clock.ts";
import { errorFields, type Log } from "./log.ts";
import { settledWithin } from "./tasks.ts";

/** How long a start waits for one thing that it can do without, and how long until that is tried again; ms. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 60_000;

interface LearningDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly patienceMs?: number;
}

/** What Usher wants to know or do at a start and can do without: it is tried once before, and again beside all else until it is done. */
export class Learning {
  readonly #deps: LearningDeps;
  readonly #missing = new Set<string>();
  readonly #stop = new AbortController();

  constructor(deps: LearningDeps) {
    this.#deps = deps;
  }

  /** What is not done yet, in the order in which it was begun. */
  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** Resolves when it is done, has failed once, or takes long. Never rejects. The log tells of it under the name. */
  async begin(name: string, work: () => Promise<void>): Promise<void> {
    this.#missing.add(name);
    const tried = this.#attempt(name, work);
    await settledWithin(tried, this.#deps.patienceMs ?? PATIENCE_MS);
  }

  /** Nothing is tried again. */
  stop(): void {
    this.#stop.abort(new Error("Usher is stopping"));
  }

  /** The first try; those after it follow by themselves. */
  async #attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.#missing.delete(name))
        this.#deps.log.debug({ class: "ops", what: `start.learnt.${name}` });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#deps.log.warn({
        class: "ops",
        what: `start.missing.${name}`,
        ...errorFields(error),
        ms: AGAIN_MS,
      });
      sleep(this.#deps.clock, AGAIN_MS, this.#stop.signal).then(
        () => this.#attempt(name, work),
        () => undefined,
      );
    }
  }
}
