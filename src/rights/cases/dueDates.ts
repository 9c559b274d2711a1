import { DAY_MS } from "../../kernel/days.ts";

/** Days after it came on which operators are told that something waits for them; on the last one it must not wait any longer. */
export const TOLD_ON = [0, 7, 20, 25, 28] as const;
export type ToldOn = (typeof TOLD_ON)[number];
export const LAST_CALL: ToldOn = 28;

/** By how many months a complex request may be put off (GDPR article 12(3)). */
const MORE_MONTHS = 2;

/**
 * Before when a request must be answered (GDPR article 12(3)): the earlier of one month and 30 days from the day after it came, in UTC, where a month that
 * lacks the day ends with its last one. `at` and the result, the beginning of a day: ms since the epoch.
 */
export function dueDate(at: number): number {
  return after(at, 1);
}

/** The same, put off as far as it may be. */
export function extendedDueDate(at: number): number {
  return after(at, 1 + MORE_MONTHS);
}

function after(at: number, months: number): number {
  const next = new Date(at + DAY_MS);
  const [year, month, day] = [next.getUTCFullYear(), next.getUTCMonth(), next.getUTCDate()];
  const lastDay = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  const byCalendar = Date.UTC(year, month + months, Math.min(day, lastDay));
  return Math.min(byCalendar, Date.UTC(year, month, day) + months * 30 * DAY_MS);
}

/** What waits for somebody to do it. */
export interface Waiting {
  /** When it came, and before when it must be done; ms since the epoch. */
  readonly at: number;
  readonly due: number;
  /** It was put off: days are counted back from `due` then. */
  readonly extended: boolean;
  /** The day on which operators were last told of it. */
  readonly toldOn?: number | undefined;
}

/**
 * The day of which operators must be told now: the newest that has come, if they have not been told of it. So what came due while Usher was
 * away is told once. `now`: ms since the epoch.
 */
export function dayToTell(waiting: Waiting, now: number): ToldOn | undefined {
  const { toldOn = -1 } = waiting;
  const newest = TOLD_ON.findLast((day) => comesAt(waiting, day) <= now);
  return newest !== undefined && newest > toldOn ? newest : undefined;
}

/** Whether it must not wait any longer. */
export function isLastCall(waiting: Waiting, now: number): boolean {
  return comesAt(waiting, LAST_CALL) <= now;
}

/** Which day of 30 it is now: what is entered late, or was not told for a while, is past the day of which operators are told. `now`: ms since the epoch. */
export function daysPassed({ at, due, extended }: Waiting, now: number): number {
  return Math.floor((extended ? now - due + 30 * DAY_MS : now - at) / DAY_MS);
}

/** When a day of it begins; ms since the epoch. */
function comesAt({ at, due, extended }: Waiting, day: ToldOn): number {
  return extended ? due - (30 - day) * DAY_MS : at + day * DAY_MS;
}
