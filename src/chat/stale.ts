/** How far a homeserver's clock may be ahead of ours without its times being doubted; ms. */
const SKEW_MS = 60_000;

/**
 * Whether a command may be too old to run unasked. Both clocks are heard: what was said while Usher listened is fresh, whatever its sender's
 * homeserver claims, so a slow clock silences nobody; and what came while Usher was away is old unless the claimed time says it is recent,
 * and believably so, for a time in the future proves nothing. All in ms; `sentAt` and `now` since the epoch.
 */
export function isStale(sentAt: number, now: number, awayMs: number, limitMs: number): boolean {
  if (awayMs <= limitMs) return false;
  return now - sentAt > limitMs || sentAt - now > SKEW_MS;
}
