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
  #waiting: Turn[] = [];
  readonly #running = new Set<Turn>();

  add(turn: Turn): void {
    this.#waiting.push(turn);
    this.#next();
  }

  /** It has ended, or will not run after all. */
  remove(turn: Turn): void {
    this.#waiting = this.#waiting.filter((other) => other !== turn);
    this.#running.delete(turn);
    this.#next();
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
