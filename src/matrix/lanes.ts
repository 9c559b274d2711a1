import type { Clock } from "../kernel/clock.ts";
import type { Limits } from "./port.ts";

const LANES = 16;
/** After a limit, so many requests must go well in a row before more go side by side again. */
const CALM = 8;
/** Who takes longer is in nobody's way any more: a few rooms that get no answer must not use up all there is for the others. */
const ASIDE_MS = 5_000;

/**
 * How many requests go to the homeserver side by side. A limit is one for the whole account, so it stops all of them for the time
 * asked, and then lets one through at a time: else each would be refused again and again until its tries are used up.
 * Who waits is let in by order number, so that one who was refused does not go to the end.
 */
export class Lanes {
  readonly #clock: Clock;
  readonly #waiting: { readonly order: number; readonly enter: () => void }[] = [];
  #busy = 0;
  #open = LANES;
  #calm = 0;
  #closedUntil = 0;
  #limitedAt: number | undefined;
  #alarm: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `now`: the homeserver has asked for less, and not enough has gone well since. */
  get limits(): Limits {
    return { now: this.#open < LANES, lastAt: this.#limitedAt };
  }

  /** Resolves when it is this one's turn, with what ends it. `limitedFor`: the homeserver wants nothing more for so many ms. */
  async enter(order: number): Promise<(limitedFor?: number) => void> {
    await new Promise<void>((enter) => {
      const index = this.#waiting.findIndex((other) => other.order > order);
      this.#waiting.splice(index === -1 ? this.#waiting.length : index, 0, { order, enter });
      this.#admit();
    });
    let aside = false;
    const cancel = this.#clock.after(ASIDE_MS, () => {
      aside = true;
      this.#busy -= 1;
      this.#admit();
    });
    return (limitedFor) => {
      cancel();
      if (!aside) this.#busy -= 1;
      this.#left(limitedFor);
    };
  }

  #left(limitedFor: number | undefined): void {
    if (limitedFor !== undefined) {
      this.#limitedAt = this.#clock.now();
      this.#open = 1;
      this.#calm = 0;
      this.#closedUntil = Math.max(this.#closedUntil, this.#clock.now() + limitedFor);
    } else if (this.#open < LANES && ++this.#calm >= CALM) {
      this.#open = Math.min(LANES, this.#open * 2);
      this.#calm = 0;
    }
    this.#admit();
  }

  /** Lets everybody in from now on: what they do will end by itself. */
  openAll(): void {
    this.#open = Infinity;
    this.#closedUntil = 0;
    this.#admit();
  }

  #admit(): void {
    const wait = this.#closedUntil - this.#clock.now();
    if (wait > 0) {
      this.#alarm?.();
      this.#alarm = this.#clock.after(wait, () => {
        this.#admit();
      });
      return;
    }
    while (this.#busy < this.#open) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#busy += 1;
      next.enter();
    }
  }
}
