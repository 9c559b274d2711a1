import { sleep, type Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { isAborted } from "../matrix/errors.ts";

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** About half an hour in all; what has not gone out by then is left to the next start. */
const TRIES = 30;

/** Whether a failure may pass by itself: the homeserver could not be reached, broke, or asked for fewer requests. A refusal does not pass. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof UsherError)) return false;
  if (error.code === "room-limited") return true;
  const status = error.view["status"];
  return (
    error.code === "room-unreachable" &&
    (typeof status !== "number" || status >= 500) &&
    !isAborted(error)
  );
}

/**
 * Does the work until the homeserver lets it through. While it waits, the batch that the work belongs to has not settled, so a crash
 * brings it again. `work` must be safe to repeat. Rejects with the last failure, or at once where it will not pass or `signal` ends it;
 * without one, a stop cuts off the work itself.
 */
export async function retryTransient<T>(
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
  work: (again: boolean) => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work(tried > 1);
    } catch (error) {
      if (!mayPass(error) || tried >= TRIES || signal?.aborted === true) throw error;
      await sleep(clock, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tried - 1)), signal);
    }
  }
}
