/** Time, as a value that is passed around: no code asks the system for it, so a test can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number;
  /** Calls `task` once after `ms`. The returned function cancels it; the timer never keeps the process alive by itself. */
  after(ms: number, task: () => void): () => void;
  /** Another machine's, where one is heard: see `otherClock.ts`. */
  readonly other?: SecondClock;
}

/** The clock of another machine. */
export interface SecondClock {
  /** It says so at this moment; what is no number is passed over. Ms since the epoch, as the next. */
  heard(at: number): void;
  /** Undefined as long as nothing was heard. */
  now(): number | undefined;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A clock that is ahead of another by so many ms, and goes as fast. */
export function aheadOf(clock: Clock, ms: number): Clock {
  return { now: () => clock.now() + ms, after: (wait, task) => clock.after(wait, task) };
}

/** A clock that moves only when told. `advance` runs what falls due, in order, before it returns. */
export class ManualClock implements Clock {
  other?: SecondClock;
  #now: number;
  readonly #timers = new Set<{ at: number; task: () => void }>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), task };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#timers]
        .filter((timer) => timer.at <= until)
        .sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = until;
  }
}

/** Resolves after `ms` on the given clock; rejects with the signal's reason if it is aborted first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
