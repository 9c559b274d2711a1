const AT_ONCE = 2;

let busy = 0;
const waiting: (() => void)[] = [];

/** One request's turn to read a large answer: a few at a time in this process, however many are asked for. To be disposed of when it is read. */
export class LargeTurn {
  readonly #signal: AbortSignal;
  readonly #free: boolean;
  #has = false;

  /** `free`: it need not wait. The signal ends the wait. */
  constructor(free: boolean, signal: AbortSignal) {
    this.#free = free;
    this.#signal = signal;
  }

  /** Resolves when it is this one's turn, at once if it is already. Rejects with the signal's reason. */
  async take(): Promise<void> {
    if (this.#free || this.#has) return;
    if (busy < AT_ONCE) busy += 1;
    else await this.#handedOver();
    this.#has = true;
  }

  #handedOver(): Promise<void> {
    this.#signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(this.#signal.reason as Error);
      };
      const take = (): void => {
        this.#signal.removeEventListener("abort", end);
        resolve();
      };
      this.#signal.addEventListener("abort", end, { once: true });
      waiting.push(take);
    });
  }

  [Symbol.dispose](): void {
    if (!this.#has) return;
    this.#has = false;
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
}
