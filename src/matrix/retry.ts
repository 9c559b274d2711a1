import { sleep, type Clock } from "../kernel/clock.ts";
import { HomeserverError } from "./errors.ts";

export interface RetryOptions {
  readonly clock: Clock;
  /** In [0, 1); for the spread of waits. */
  readonly random: () => number;
  /** How often at most; 5 unless given. */
  readonly tries?: number;
  readonly signal?: AbortSignal | undefined;
}

const TRIES = 5;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** A homeserver that wants more than this is not waited for. */
const LONGEST_ASKED_WAIT = 300_000;

/**
 * How long to wait before the next try, ms, after `failed` tries; undefined where another try is pointless.
 * The homeserver's own wish comes first, and is never undercut; else the wait doubles, with a spread so that not all come back at once.
 */
export function waitBeforeRetry(
  error: unknown,
  failed: number,
  random: () => number,
  tries = TRIES,
): number | undefined {
  if (!(error instanceof HomeserverError) || !error.passing || failed >= tries) return undefined;
  if (error.retryAfterMs !== undefined) {
    return error.retryAfterMs > LONGEST_ASKED_WAIT
      ? undefined
      : Math.ceil(error.retryAfterMs * (1 + 0.1 * random()));
  }
  return Math.ceil(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failed - 1)) * (0.5 + 0.5 * random()));
}

/** Does `attempt` until it succeeds, fails for good, or has been tried often enough; then rejects with the last failure. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { clock, random, tries, signal }: RetryOptions,
): Promise<T> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await attempt();
    } catch (error) {
      const wait = waitBeforeRetry(error, failed, random, tries);
      if (wait === undefined) throw error;
      await sleep(clock, wait, signal);
    }
  }
}
