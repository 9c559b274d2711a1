import { availableParallelism, loadavg } from "node:os";

/**
 * How long a test waits. What is slow is no fault: a machine with other work may take ten times as long. What stands still is one.
 * So a wait ends when nothing at all has happened for a while, however long ago it began. What happens is told by whoever sees it: an event came, Usher
 * wrote a line, a homeserver was asked for something or has answered.
 */

/** How long nothing may happen, ms. */
const STILL_MS = 60_000;
/** Something may go on for ever without coming to the point, so there is an end to all waiting: so many times as long. */
const MOST = 10;
/** Time is counted in so many parts, each of which this process has to see pass: one that got no turn has seen nothing, and so has waited for nothing. */
const PARTS = 20;
/** How often `eventually` looks, ms. */
const LOOK_MS = 50;

/**
 * How many times as long everything takes as on a machine that has nothing else to do: how many want each core. Whoever says how long it may be still means
 * that time.
 */
function slownessOf(stillMs: number | undefined): () => number {
  return () =>
    stillMs === undefined ? Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()) : 1;
}

let happened = 0;

/** Something has happened in the world of this test: whoever waits for something goes on waiting. */
export function progress(): void {
  happened += 1;
}

/**
 * Calls back, once, when nothing has happened for so long, with what to say of it. Returns what ends the watch. On a machine that others keep busy time
 * counts as much less as everything takes longer: what computes for ten seconds by itself may stand in line for minutes.
 */
export function whenStill(
  giveUp: (why: string) => void,
  givenMs?: number,
  slowness = slownessOf(givenMs),
): () => void {
  const stillMs = givenMs ?? STILL_MS;
  let [seen, still, all] = [happened, 0, 0];
  const watch = setInterval(() => {
    const part = 1 / slowness();
    still = happened === seen ? still + part : 0;
    seen = happened;
    all += part;
    if (still < PARTS && all < PARTS * MOST) return;
    clearInterval(watch);
    const seconds = (parts: number): string =>
      `${String(Math.round((parts * stillMs) / PARTS) / 1000)} s`;
    giveUp(
      still < PARTS
        ? `there was no end to it in ${seconds(all)}`
        : `nothing has happened for ${seconds(still)}`,
    );
  }, stillMs / PARTS);
  return () => {
    clearInterval(watch);
  };
}

/** Rejects, as soon as everything stands still, with words of what was waited for, asked for at that moment; otherwise as the promise does. */
export async function patiently<T>(
  waitedFor: Promise<T>,
  what: () => string,
  stillMs?: number,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const giveUp = (why: string): void => {
    late.reject(new Error(`${what()}: ${why}`));
  };
  const end = whenStill(giveUp, stillMs);
  return Promise.race([waitedFor, late.promise]).finally(end);
}

/** Resolves when what is asserted holds, looking again and again; rejects as the last look did when everything stands still. */
export async function eventually(assertion: () => unknown, stillMs?: number): Promise<void> {
  let over = false;
  const giveUp = (): void => {
    over = true;
  };
  const end = whenStill(giveUp, stillMs);
  try {
    for (;;) {
      const last = over;
      try {
        await assertion();
        return;
      } catch (error) {
        if (last) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    end();
  }
}
