import { setImmediate } from "node:timers";

/** Runs something in a turn of the event loop of its own, after the microtasks of this one. */
export function queueTask(task: () => void): void {
  setImmediate(task);
}

/** What waits for its time at the file. Shared ones (readers) may run side by side; all others run alone. */
export interface Turn {
  readonly shared: boolean;
  start(): void;
}

/**
 * The order of transactions over one file: first come, first served. A reader never sees what a writer has not committed, although they use one
 * connection, because they never run together.
 */
export class Lane {
  readonly #waiting: Turn[] = [];
  readonly #running = new Set<Turn>();
  #idle: (() => void)[] = [];

  add(turn: Turn): void {
    this.#waiting.push(turn);
    this.#next();
  }

  remove(turn: Turn): void {
    this.#running.delete(turn);
    this.#next();
    if (this.#running.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Resolves when nothing runs or waits. */
  idle(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    for (let turn = this.#waiting[0]; turn && this.#mayRun(turn); turn = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running.add(turn);
      turn.start();
    }
  }

  #mayRun(turn: Turn): boolean {
    if (this.#running.size === 0) return true;
    return turn.shared && [...this.#running].every((other) => other.shared);
  }
}
