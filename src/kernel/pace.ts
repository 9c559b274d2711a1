import { sleep, type Clock } from "./clock.ts";

/** How long work goes on at a stretch, and how long it rests then; ms. A command that comes meanwhile waits no longer than for one such stretch. */
const WORK_MS = 5;
const REST_MS = 20;

/** Long work beside what people wait for: it takes a fifth of the time, in small pieces. */
export class Pace {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #since: number;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#since = clock.now();
  }

  /** Between two pieces of the work. Rejects with the signal's reason once that is aborted. */
  async breathe(): Promise<void> {
    this.#signal.throwIfAborted();
    const worked = this.#clock.now() - this.#since;
    // A clock that is set back has not worked less.
    if (worked >= 0 && worked < WORK_MS) return;
    await sleep(this.#clock, REST_MS, this.#signal);
    this.#since = this.#clock.now();
  }
}
