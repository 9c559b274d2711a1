import { RecentMap } from "./recent.ts";

interface AllowanceRules {
  /** How often each may, in how long; ms. */
  readonly times: number;
  readonly withinMs: number;
  /** How many are remembered: the newest. */
  readonly most: number;
}

/** Counts what each has had of something lately, so that nobody has it without end. Kept in memory alone. */
export class Allowance<K> {
  readonly #rules: AllowanceRules;
  readonly #had: RecentMap<K, readonly number[]>;

  constructor(rules: AllowanceRules) {
    this.#rules = rules;
    this.#had = new RecentMap(rules.most);
  }

  /** Whether this one may once more; `now` in ms since the epoch. */
  allows(key: K, now: number): boolean {
    return this.#lately(key, now).length < this.#rules.times;
  }

  /** From when on this one may once more; ms since the epoch, at most `now` where they may now. */
  nextAt(key: K, now: number): number {
    const oldest = this.#lately(key, now).at(-this.#rules.times);
    return oldest === undefined ? now : oldest + this.#rules.withinMs;
  }

  /** This one had it. */
  take(key: K, now: number): void {
    this.#had.set(key, [...this.#lately(key, now), now]);
  }

  #lately(key: K, now: number): readonly number[] {
    // What was had while the clock was ahead is not had lately.
    return (this.#had.get(key) ?? []).filter((at) => Math.abs(now - at) < this.#rules.withinMs);
  }
}
