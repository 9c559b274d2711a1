import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { divided, MOST_FILES } from "./divide.ts";
import type { Run } from "./portion.ts";

/** What a file has beside its things; bytes. */
const FRAME = 10;

const sizesOf =
  (sizes: readonly number[], asked: Run[] = []) =>
  (run: Run): Promise<number> => {
    asked.push(run);
    return Promise.resolve(sizes.slice(run.from, run.to).reduce((sum, size) => sum + size, FRAME));
  };

describe("R31 what is too large for one file", () => {
  it("goes into several, in order, each thing into one of them, and only what is too large by itself into none", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 30, max: 200 }), async (things, most) => {
        const { runs, leftOut } = await divided(things.length, most, sizesOf(things));
        expect(runs.length).toBeGreaterThan(0);
        for (const run of runs) expect(await sizesOf(things)(run)).toBeLessThanOrEqual(most);
        const inside = runs.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, index) => from + index),
        );
        expect(inside).toEqual(inside.toSorted((a, b) => a - b));
        const tooLarge = things.flatMap((size, index) => (size + FRAME > most ? [index] : []));
        expect(leftOut).toEqual(tooLarge);
        expect([...inside, ...leftOut].toSorted((a, b) => a - b)).toEqual([...things.keys()]);
      }),
    );
  });

  it("is one file where it fits, made once", async () => {
    const asked: Run[] = [];
    expect(await divided(3, FRAME + 3, sizesOf([1, 1, 1], asked))).toEqual({
      runs: [{ from: 0, to: 3 }],
      leftOut: [],
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ["not even a file without anything is small enough", [1], FRAME - 1],
    ["it would be more files than anybody saves", Array<number>(MOST_FILES + 1).fill(5), FRAME + 5],
    ["nearly everything is too large by itself", Array<number>(1000).fill(50), FRAME + 5],
  ])("is refused with both sizes where %s", async (_, sizes, most) => {
    const whole = sizes.reduce((sum, size) => sum + size, FRAME);
    await expect(divided(sizes.length, most, sizesOf(sizes))).rejects.toMatchObject({
      code: "export-too-large",
      view: { kibibytes: Math.ceil(whole / 1024), most: 0, files: MOST_FILES },
    });
  });
});
