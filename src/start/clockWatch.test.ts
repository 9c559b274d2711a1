import { expect, it } from "vitest";
import { heardBy, LogListeners, silentLog } from "../kernel/log.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../kernel/days.ts";
import { OtherClock } from "../kernel/otherClock.ts";
import { ClockWatch } from "./clockWatch.ts";

const NOW = Date.UTC(2026, 10, 29);

/** What is logged at a sweep, with ms: by how much the homeserver's clock is ahead, and when the sweep before was. */
async function logged(aheadMs: number | undefined, before: number | undefined) {
  const lines: unknown[] = [];
  const listeners = new LogListeners();
  listeners.add(({ what, ms }) => lines.push([what, ms]));
  const clock = new ManualClock(NOW);
  clock.other = new OtherClock(0, () => 0);
  if (aheadMs !== undefined) clock.other.heard(NOW + aheadMs);
  const report = before === undefined ? undefined : { at: before, standings: [] };
  const log = heardBy(silentLog, listeners);
  await new ClockWatch({ clock, log, retention: { report: () => report } }).sweep();
  return lines;
}

it("says nothing where all is as it should be, or nothing is known", async () => {
  expect(await logged(undefined, undefined)).toEqual([]);
  expect(await logged(5_000, NOW - HOUR_MS)).toEqual([]);
  expect(await logged(-HOUR_MS, NOW + HOUR_MS)).toEqual([]);
});

it("says that the clock is another than the homeserver's, and which is ahead", async () => {
  expect(await logged(400 * DAY_MS, NOW - HOUR_MS)).toEqual([["clock.apart", 400 * DAY_MS]]);
  expect(await logged(-2 * HOUR_MS, NOW - HOUR_MS)).toEqual([["clock.apart", -2 * HOUR_MS]]);
});

it("says that it was put back since the sweep before, which two that are wrong alike do not tell", async () => {
  expect(await logged(0, NOW + 300 * DAY_MS)).toEqual([["clock.put-back", 300 * DAY_MS]]);
});
