import { Allowance } from "../../kernel/allowance.ts";
import type { Clock } from "../../kernel/clock.ts";
import { DAY_MS, MINUTE_MS, minuteOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";

/** How many erasures of one person are begun a day: each leaves a receipt for years, and a tombstone. */
const BEGUN = { times: 5, withinMs: DAY_MS, most: 5000 };

/** What nobody has without end. In memory alone: no more is kept for it. */
export class ErasureLimit {
  readonly #clock: Clock;
  readonly #begun = new Allowance<UserId>(BEGUN);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `erasure-enough` (view: `after`) where the person has confirmed many of late. */
  check(person: UserId): void {
    const now = this.#clock.now();
    const next = this.#begun.nextAt(person, now);
    if (next > now)
      throw new UsherError("erasure-enough", { after: minuteOf(next + MINUTE_MS - 1) });
  }

  /** The person has confirmed one. */
  take(person: UserId): void {
    this.#begun.take(person, this.#clock.now());
  }
}
