import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawnSize, sampled, shownDelay, thinned } from "./animation.ts";

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const delays = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 100 });

describe("fewer frames", () => {
  it("nothing is left out where all are shown long enough", () => {
    expect(sampled([40, 70], 40)).toEqual([
      { index: 0, delay: 40 },
      { index: 1, delay: 70 },
    ]);
  });

  it("of fifty a second every second is shown", () => {
    expect(sampled([20, 20, 20, 20, 20], 40)).toEqual([
      { index: 0, delay: 40 },
      { index: 2, delay: 40 },
      { index: 4, delay: 20 },
    ]);
  });

  it("all takes as long as before, in the same order, and begins with the first", () => {
    fc.assert(
      fc.property(delays, fc.integer({ min: 20, max: 100 }), (given, ms) => {
        const taken = sampled(given, ms);
        expect(sum(taken.map(({ delay }) => delay))).toBe(sum(given));
        expect(taken[0]?.index).toBe(0);
        const indexes = taken.map(({ index }) => index);
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
        // Each but the last is shown long enough, unless none had to be left out.
        if (given.some((delay) => delay < ms))
          expect(taken.slice(0, -1).every(({ delay }) => delay >= ms)).toBe(true);
      }),
    );
  });

  it("the pixels go along", () => {
    const frames = Buffer.from([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    const given = { width: 1, height: 1, frames, delays: [20, 20, 20], loop: 2 };
    expect(thinned(given, 40)).toEqual({
      ...given,
      frames: Buffer.from([1, 1, 1, 1, 3, 3, 3, 3]),
      delays: [40, 20],
    });
    expect(thinned(given, 20)).toBe(given);
  });
});

describe("the size that is drawn", () => {
  it.each([
    [{ width: 100, height: 50 }, 1, { width: 100, height: 50 }],
    [{ width: 1024, height: 512 }, 1, { width: 512, height: 256 }],
    [{ width: 10_000, height: 1 }, 1, { width: 512, height: 1 }],
    [{ width: 512, height: 512 }, 104, { width: 512, height: 512 }],
    [{ width: 512, height: 512 }, 416, { width: 257, height: 257 }],
  ])("of %o with %i frames", (given, frames, size) => {
    expect(drawnSize(given, frames)).toEqual(size);
  });
});

it("what is shown for no time is shown as browsers do", () => {
  expect([0, 10, 20].map(shownDelay)).toEqual([100, 100, 20]);
});
