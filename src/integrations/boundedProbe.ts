import { sleep, type Clock } from "../kernel/clock.ts";

/** How long an answer is believed, and how long one is waited for; ms. */
const BELIEVED_MS = 60_000;
export const PROBE_PATIENCE_MS = 10_000;

/** Asks something elsewhere how it is: once a minute at most, however often somebody wants to know, and for as long as somebody can wait. */
export class BoundedProbe<T> {
  readonly #clock: Clock;
  #asked: { readonly answer: Promise<T>; readonly until: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What comes too late is there for whoever asks next. Rejects as `ask` does; where that throws, nothing was asked. */
  async of(ask: () => Promise<T>): Promise<T | { readonly is: "slow" }> {
    const now = this.#clock.now();
    if (this.#asked === undefined || now >= this.#asked.until)
      this.#asked = { answer: ask(), until: now + BELIEVED_MS };
    const { answer } = this.#asked;
    const inTime = new AbortController();
    const late = sleep(this.#clock, PROBE_PATIENCE_MS, inTime.signal).then(
      () => ({ is: "slow" }) as const,
      () => answer,
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      inTime.abort();
    }
  }
}
