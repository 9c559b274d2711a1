import { uptime } from "node:os";
import type { Clock, SecondClock } from "./clock.ts";
import { HOUR_MS } from "./days.ts";

/** Clocks that are less apart differ in nothing that is kept for months; ms. A wrong time zone is more. */
const APART_MS = HOUR_MS;

/**
 * What another machine's clock says: since it was heard as much time has passed there as here, by what only ever goes on, also while this machine sleeps or its clock is
 * put right.
 */
export class OtherClock implements SecondClock {
  readonly #aheadMs: number;
  readonly #steady: () => number;
  #heard: { readonly at: number; readonly steady: number } | undefined;

  /** `aheadMs`: how far one is taken to be ahead of what is heard, where the own one was moved on purpose. `steady`: ms since this machine began. */
  constructor(aheadMs = 0, steady: () => number = () => uptime() * 1000) {
    this.#aheadMs = aheadMs;
    this.#steady = steady;
  }

  heard(at: number): void {
    if (Number.isFinite(at)) this.#heard = { at: at + this.#aheadMs, steady: this.#steady() };
  }

  now(): number | undefined {
    return this.#heard && this.#heard.at + this.#steady() - this.#heard.steady;
  }
}

type Two = Pick<Clock, "now" | "other">;

/** How far the other clock is ahead of this one, ms; undefined where that is not known, or too little to matter. */
export function apartBy(clock: Two): number | undefined {
  const other = clock.other?.now();
  const apart = other === undefined ? 0 : other - clock.now();
  return Math.abs(apart) > APART_MS ? apart : undefined;
}

/**
 * Which of two clocks is wrong cannot be told here. So what must be kept for so long at least is dated by the later one, and deleted by the earlier: a machine whose
 * clock is wrong for a while deletes none of it before its time. Ms since the epoch.
 */
export function laterOf(clock: Two): number {
  return clock.now() + Math.max(0, apartBy(clock) ?? 0);
}

export function earlierOf(clock: Two): number {
  return clock.now() + Math.min(0, apartBy(clock) ?? 0);
}
