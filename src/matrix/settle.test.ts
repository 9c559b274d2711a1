import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Settlement, type SyncMark } from "./settle.ts";

const mark = (n: number): SyncMark => ({ token: `s${String(n)}`, heardAt: n });
const fail = (error: unknown): void => {
  throw error as Error;
};

/** A save that the test lets finish. */
function slowSave(): {
  saved: string[];
  save: (mark: SyncMark) => Promise<void>;
  finish: () => Promise<void>;
} {
  const saved: string[] = [];
  let done = (): void => undefined;
  return {
    saved,
    save: ({ token }) => {
      saved.push(token);
      return new Promise((resolve) => {
        done = resolve;
      });
    },
    finish: async () => {
      done();
      await new Promise(setImmediate);
    },
  };
}

describe("Settlement", () => {
  it("saves nothing while the first batch has not settled", async () => {
    const saved: string[] = [];
    const settlement = new Settlement(({ token }) => Promise.resolve(void saved.push(token)), fail);
    const [one, two, three] = [
      settlement.begin(mark(1)),
      settlement.begin(mark(2)),
      settlement.begin(mark(3)),
    ];
    three();
    two();
    expect(saved).toEqual([]);
    one();
    await settlement.idle();
    expect(saved).toEqual(["s3"]);
  });

  it("saves once for all that settles while a save runs", async () => {
    const { saved, save, finish } = slowSave();
    const settlement = new Settlement(save, fail);
    const batches = [1, 2, 3, 4].map((n) => settlement.begin(mark(n)));
    for (const settled of batches) settled();
    expect(saved).toEqual(["s1"]);
    await finish();
    expect(saved).toEqual(["s1", "s4"]);
    await finish();
    await settlement.idle();
    expect(saved).toEqual(["s1", "s4"]);
  });

  it("lets a batch without a mark hold up those after it, and saves nothing for it", async () => {
    const saved: string[] = [];
    const settlement = new Settlement(({ token }) => Promise.resolve(void saved.push(token)), fail);
    const late = settlement.begin(undefined);
    settlement.begin(mark(1))();
    expect(saved).toEqual([]);
    late();
    await settlement.idle();
    expect(saved).toEqual(["s1"]);
  });

  it("makes up for a save that failed, with the next that settles", async () => {
    const saved: string[] = [];
    const errors: unknown[] = [];
    let full = true;
    const settlement = new Settlement(
      ({ token }) =>
        full ? Promise.reject(new Error("disk full")) : Promise.resolve(void saved.push(token)),
      (error) => errors.push(error),
    );
    settlement.begin(mark(1))();
    await settlement.idle();
    expect(errors).toHaveLength(1);
    full = false;
    settlement.begin(mark(2))();
    await settlement.idle();
    expect(saved).toEqual(["s2"]);
  });

  it("gives up those that were begun too long ago, and saves what they held back", async () => {
    const saved: string[] = [];
    const settlement = new Settlement(({ token }) => Promise.resolve(void saved.push(token)), fail);
    const [one] = [1, 2, 3, 4].map((n) => settlement.begin(mark(n), n));
    expect(settlement.giveUp(1)).toBe(0);
    expect(settlement.giveUp(3)).toBe(2);
    expect(settlement.giveUp(3)).toBe(0);
    one?.();
    expect(settlement.giveUp(5)).toBe(2);
    await settlement.idle();
    expect(saved.at(-1)).toBe("s4");
  });

  it("whatever the order in which batches settle, what is saved is the last of those before which nothing is left", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }).chain((length) =>
          fc.record({
            order: fc.shuffledSubarray(
              Array.from({ length }, (_, n) => n),
              { minLength: length, maxLength: length },
            ),
            pauses: fc.array(fc.boolean(), { minLength: length, maxLength: length }),
          }),
        ),
        async ({ order, pauses }) => {
          const saved: number[] = [];
          const settled = new Set<number>();
          const firstLeft = (): number =>
            order.map((_, n) => n).find((n) => !settled.has(n)) ?? order.length;
          const settlement = new Settlement(async ({ heardAt }) => {
            // Nothing before it is left, and it never goes back.
            expect(heardAt).toBeLessThan(firstLeft());
            expect(heardAt).toBeGreaterThan(saved.at(-1) ?? -1);
            await Promise.resolve();
            saved.push(heardAt);
          }, fail);
          const batches = order.map((_, n) => settlement.begin(mark(n)));
          for (const [step, n] of order.entries()) {
            settled.add(n);
            batches[n]?.();
            if (pauses[step] !== true) continue;
            await new Promise(setImmediate);
            expect(saved.at(-1) ?? -1).toBe(firstLeft() - 1);
          }
          await settlement.idle();
          expect(saved.at(-1)).toBe(order.length - 1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
