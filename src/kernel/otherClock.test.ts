import { describe, expect, it } from "vitest";
import { ManualClock } from "./clock.ts";
import { DAY_MS, HOUR_MS } from "./days.ts";
import { apartBy, earlierOf, laterOf, OtherClock } from "./otherClock.ts";

const NOW = Date.UTC(2026, 10, 29);

describe("the clock of another machine", () => {
  it("is not known before it was heard, nor by what is no time", () => {
    const clock = new ManualClock(NOW);
    expect([apartBy(clock), laterOf(clock), earlierOf(clock)]).toEqual([undefined, NOW, NOW]);
    clock.other = new OtherClock();
    clock.other.heard(Number.NaN);
    expect([apartBy(clock), laterOf(clock), earlierOf(clock)]).toEqual([undefined, NOW, NOW]);
  });

  it.each([
    ["an hour ahead", HOUR_MS, undefined],
    ["an hour behind", -HOUR_MS, undefined],
    ["more than an hour ahead", HOUR_MS + 1, HOUR_MS + 1],
    ["years behind", -900 * DAY_MS, -900 * DAY_MS],
  ])("%s", (_, ms, apart) => {
    const clock = new ManualClock(NOW);
    clock.other = new OtherClock(0, () => 0);
    clock.other.heard(NOW + ms);
    expect(apartBy(clock)).toBe(apart);
    expect(laterOf(clock)).toBe(NOW + Math.max(0, apart ?? 0));
    expect(earlierOf(clock)).toBe(NOW + Math.min(0, apart ?? 0));
  });

  it("goes on by what is steady, whatever becomes of this machine's own", () => {
    let steady = 5_000;
    const other = new OtherClock(0, () => steady);
    other.heard(NOW);
    steady += 3 * DAY_MS;
    expect(other.now()).toBe(NOW + 3 * DAY_MS);
    const right = new ManualClock(NOW + 3 * DAY_MS);
    const jumped = new ManualClock(NOW + 800 * DAY_MS);
    for (const clock of [right, jumped]) clock.other = other;
    expect(apartBy(right)).toBeUndefined();
    expect(earlierOf(jumped)).toBe(NOW + 3 * DAY_MS);
  });

  it("is ahead as the own one is that was moved on purpose", () => {
    const clock = new ManualClock(NOW + 15 * DAY_MS);
    clock.other = new OtherClock(15 * DAY_MS, () => 0);
    clock.other.heard(NOW);
    expect(apartBy(clock)).toBeUndefined();
  });

  it("goes on without being heard", async () => {
    const other = new OtherClock();
    other.heard(NOW);
    await expect.poll(() => other.now()).toBeGreaterThan(NOW);
  });
});
