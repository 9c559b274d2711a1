import type { Clock } from "../kernel/clock.ts";
import { HOUR_MS } from "../kernel/days.ts";
import type { Log } from "../kernel/log.ts";
import { apartBy } from "../kernel/otherClock.ts";
import type { Part } from "../matrix/part.ts";
import type { Retention } from "../retention/retention.ts";

interface ClockWatchDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Pick<Retention, "report">;
}

/**
 * Has operators learn at each sweep that the clock may be wrong: it is another than the homeserver's by more than an hour, or it is put back since the sweep before, which is all
 * there is to see where both are wrong, as on one machine that begins without the time.
 */
export class ClockWatch implements Part {
  readonly name = "clock";
  readonly #deps: ClockWatchDeps;

  constructor(deps: ClockWatchDeps) {
    this.#deps = deps;
  }

  sweep(): Promise<void> {
    const { clock, log, retention } = this.#deps;
    const apart = apartBy(clock);
    // Above 0 where Usher's is behind.
    if (apart !== undefined) log.error({ class: "ops", what: "clock.apart", ms: apart });
    const back = (retention.report()?.at ?? 0) - clock.now();
    if (back > HOUR_MS) log.error({ class: "ops", what: "clock.put-back", ms: back });
    return Promise.resolve();
  }
}
