import type { CryptoSyncPart } from "./cipher.ts";

/** The engine also ends what has lapsed when it is given a part, so it goes no longer than this without one; ms. */
const LONGEST_MS = 60_000;

/**
 * Remembers what the engine was told last. Most answers of the homeserver say nothing new about keys, and each that the engine is given costs a
 * durable write, for which all else waits.
 */
export class KnownPart {
  #counts = "";
  #at = -Infinity;

  /** Whether the engine knows all that this part says. `now` in ms since the epoch. */
  includes(part: CryptoSyncPart, now: number): boolean {
    const { toDevice, changedUsers, leftUsers } = part;
    return (
      toDevice.length + changedUsers.length + leftUsers.length === 0 &&
      countsOf(part) === this.#counts &&
      now >= this.#at &&
      now < this.#at + LONGEST_MS
    );
  }

  /** The engine has taken this part. */
  taken(part: CryptoSyncPart, now: number): void {
    this.#counts = countsOf(part);
    this.#at = now;
  }
}

/** What a part says of Usher's own keys: it says so each time, changed or not. */
function countsOf({ oneTimeKeyCounts, unusedFallbackKeys }: CryptoSyncPart): string {
  const counts = Object.entries(oneTimeKeyCounts).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([counts, unusedFallbackKeys?.toSorted()]);
}
