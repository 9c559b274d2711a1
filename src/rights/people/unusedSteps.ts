import { DAY_MS } from "../../kernel/days.ts";
import { sinceWhen } from "../../privacy/kept.ts";
import type { PersonDocument } from "../../store/people.ts";

/** How long before their time is over people are warned, the first and the second time; ms. */
const WARNED_BEFORE_MS = [30 * DAY_MS, 7 * DAY_MS] as const;
/** What lies at least between two of these steps, however late the first comes; ms. */
const APART_MS = 7 * DAY_MS;

/** What is to be done about somebody who does not use Usher. */
export type UnusedStep =
  | { readonly is: "nothing" }
  /** `last`: the second warning. `goesAt`: when everything about them goes if they stay away; ms since the epoch. */
  | { readonly is: "warn"; readonly last: boolean; readonly goesAt: number }
  | { readonly is: "erase" };

/**
 * Whoever has not used Usher for so many months goes, after two warnings with a week between and a week after. A late start puts that off: nobody goes
 * without having had the time.
 */
export function unusedStep(
  { lastUsed, firstUsed, identity, warned = [] }: PersonDocument,
  months: number,
  now: number,
): UnusedStep {
  const day = lastUsed ?? firstUsed ?? identity?.seen;
  // Of somebody who is only named by others nobody knows how long that is ago.
  if (day === undefined) return { is: "nothing" };
  const used = Date.parse(day);
  const [first, second] = warned;
  const isDue = (beforeMs: number): boolean => used <= sinceWhen({ months }, now + beforeMs);
  const rested = (since: number): boolean => now - since >= APART_MS;
  if (first === undefined)
    return isDue(WARNED_BEFORE_MS[0])
      ? { is: "warn", last: false, goesAt: Math.max(overAt(used, months), now + 2 * APART_MS) }
      : { is: "nothing" };
  if (second === undefined)
    return isDue(WARNED_BEFORE_MS[1]) && rested(first)
      ? { is: "warn", last: true, goesAt: Math.max(overAt(used, months), now + APART_MS) }
      : { is: "nothing" };
  return isDue(0) && rested(second) ? { is: "erase" } : { is: "nothing" };
}

/** When somebody who was here last then has stayed away so long; ms since the epoch. */
function overAt(used: number, months: number): number {
  const at = new Date(used);
  at.setUTCMonth(at.getUTCMonth() + months);
  return at.getTime();
}
