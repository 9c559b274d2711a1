import { DAY_MS } from "../../kernel/days.ts";
import type { AccountSigns } from "../../store/deactivations.ts";

/** How long after it was deactivated an account's person is erased: until then it can be taken into use again; ms. */
export const GRACE_MS = 3 * DAY_MS;
/** How long an account that is to be erased may go on being asked for, where the homeserver does not answer; ms. */
const LAST_LOOK_MS = DAY_MS;
/** From when on operators hear each day of what is not erased yet; ms. The promise is 30 days. */
const LATE_MS = 20 * DAY_MS;

/** What somebody says of an account. All times in ms since the epoch. */
export type Signal =
  /** Its homeserver says so. `earliest`: where it does not say since when, the earliest moment that it can have been. */
  | { readonly is: "deactivated"; readonly at: number; readonly earliest?: number }
  /** Its homeserver says so, or its person did something. */
  | { readonly is: "active"; readonly at: number }
  /** It has left, and its server knows no profile of it: there may never have been one. */
  | { readonly is: "suspected"; readonly at: number };

type Known = Omit<AccountSigns, "person">;

/**
 * What is known after a signal; the same where that says nothing new. The clock runs from the earliest sign. What is older than the last use of
 * the account says nothing, so that a signal may come late, and again.
 */
export function withSignal(known: Known, signal: Signal): Known {
  const { at } = signal;
  const { activeAt = Number.NEGATIVE_INFINITY, deactivatedSince, suspectedSince } = known;
  if (at <= activeAt) return known;
  switch (signal.is) {
    case "active": {
      const first = deactivatedSince ?? suspectedSince;
      // Of whom nothing is suspected nothing is remembered.
      if (known.activeAt === undefined && first === undefined) return known;
      return first !== undefined && at < first ? known : { activeAt: at };
    }
    case "deactivated": {
      const { earliest: from } = signal;
      const possible =
        from === undefined ? at : Math.min(Math.max(from, activeAt + 1), suspectedSince ?? at);
      const since = Math.min(possible, deactivatedSince ?? at);
      if (since === deactivatedSince) return known;
      const { suspectedSince: _, ...rest } = known;
      return { ...rest, deactivatedSince: since };
    }
    case "suspected":
      return deactivatedSince === undefined && suspectedSince === undefined
        ? { ...known, suspectedSince: at }
        : known;
  }
}

/** Whether it is time to erase. A suspicion alone never is reason to. */
export function isToBeErased({ deactivatedSince }: Known, now: number): boolean {
  return deactivatedSince !== undefined && deactivatedSince + GRACE_MS <= now;
}

/** Whether to go by what was said before, where the homeserver is silent when it is asked once more right before an erasure. */
export function isPastLastLook({ deactivatedSince }: Known, now: number): boolean {
  return deactivatedSince !== undefined && deactivatedSince + GRACE_MS + LAST_LOOK_MS <= now;
}

/** How many days ago that was, where an erasure is late; undefined where it is not. */
export function daysLate(deactivatedAt: number, now: number): number | undefined {
  return now - deactivatedAt < LATE_MS ? undefined : Math.floor((now - deactivatedAt) / DAY_MS);
}

/**
 * When an account that is found deactivated was so at the earliest: right after the last time that everybody was asked and answered. `askedAt`: when
 * it was found; `lastAt`: when that round was; ms.
 */
export function earliest(askedAt: number, lastAt: number | undefined): number {
  return Math.min(askedAt, (lastAt ?? askedAt) + 1);
}
