import { Allowance } from "../../kernel/allowance.ts";
import { HOUR_MS } from "../../kernel/days.ts";
import type { TellOperators } from "./reminders.ts";

/** How many new cases operators are told of one by one in an hour: many accounts could fill their room otherwise. */
const SINGLY = { times: 20, withinMs: HOUR_MS, most: 1 };
const ALL = "all";

/** Tells operators of new cases, one by one as long as these are not too many; of the others in one line an hour. None is lost: each stays untold until then. */
export class NewCases {
  readonly #tell: TellOperators;
  readonly #singly = new Allowance<typeof ALL>(SINGLY);
  readonly #together = new Allowance<typeof ALL>({ ...SINGLY, times: 1 });

  constructor(tell: TellOperators) {
    this.#tell = tell;
  }

  /** Whether one more is told by itself; `now` in ms since the epoch. */
  isTold(now: number): boolean {
    return this.#singly.allows(ALL, now);
  }

  told(now: number): void {
    this.#singly.take(ALL, now);
  }

  /** Tells of all these in one line, unless there was one in this hour. Whether it was told. */
  async together(ids: readonly string[], now: number): Promise<boolean> {
    const [first] = ids;
    if (first === undefined || !this.#together.allows(ALL, now)) return false;
    const answer = { template: "operators/many-cases", view: { count: ids.length } };
    if (!(await this.#tell(answer, { cause: first, step: "many new cases" }))) return false;
    this.#together.take(ALL, now);
    return true;
  }
}
