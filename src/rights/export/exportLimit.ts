import { Allowance } from "../../kernel/allowance.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, minuteOf } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";

/** How many files one person gets, an hour and a day: each takes work, and lies in the media repository when its message is gone. */
const AN_HOUR = { times: 1, withinMs: HOUR_MS, most: 5000 };
const A_DAY = { times: 3, withinMs: DAY_MS, most: 5000 };
/** How many may fail a day by no fault of the person's. */
const FAILED_A_DAY = { times: 5, withinMs: DAY_MS, most: 5000 };

/** What nobody has without end. In memory alone: no more is kept for it. */
export class ExportLimit {
  readonly #had = [AN_HOUR, A_DAY].map((rules) => new Allowance<UserId>(rules));
  readonly #failed = new Allowance<UserId>(FAILED_A_DAY);

  /** Throws `export-enough` (view: `after`, `failed`) where the person had many of late; `now` in ms since the epoch. */
  check(person: UserId, now: number): void {
    const sent = Math.max(...this.#had.map((had) => had.nextAt(person, now)));
    const next = Math.max(sent, this.#failed.nextAt(person, now));
    if (next <= now) return;
    const view = { after: minuteOf(next + MINUTE_MS - 1), failed: next > sent };
    throw new UsherError("export-enough", view);
  }

  sent(person: UserId, at: number): void {
    for (const had of this.#had) had.take(person, at);
  }

  /** `given`: it was up to the person that it could not be sent, who may as well have had it: it took the same work. */
  failed(person: UserId, { given }: { readonly given: boolean }, at: number): void {
    if (given) this.sent(person, at);
    else this.#failed.take(person, at);
  }
}
