import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../kernel/days.ts";
import {
  daysLate,
  earliest,
  GRACE_MS,
  isPastLastLook,
  isToBeErased,
  withSignal,
  type Signal,
} from "./deactivation.ts";

type Known = ReturnType<typeof withSignal>;
const after = (signals: readonly Signal[], known: Known = {}): Known =>
  signals.reduce(withSignal, known);

/** What a homeserver says of one account in its own order, and the moment at which each thing was so. */
const history = fc
  .array(fc.constantFrom("deactivated" as const, "active" as const), { minLength: 1 })
  .map((all) => all.map((is, index): Signal => ({ is, at: index * 10 })));

describe("R26 the clock of a deactivation", () => {
  it("runs from the earliest sign, and the grace is 72 hours to the millisecond", () => {
    const known = after([
      { is: "deactivated", at: 50 },
      { is: "deactivated", at: 20 },
      { is: "deactivated", at: 80 },
    ]);
    expect(known).toEqual({ deactivatedSince: 20 });
    expect(GRACE_MS).toBe(72 * 3_600_000);
    expect(isToBeErased(known, 20 + GRACE_MS - 1)).toBe(false);
    expect(isToBeErased(known, 20 + GRACE_MS)).toBe(true);
  });

  it("is what its homeserver said last, however often and late what it said before comes again", () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (signals, picks) => {
        const replayed = signals.flatMap((signal, index) => {
          const again = signals[(picks.next().value ?? 0) % (index + 1)];
          return again === undefined ? [signal] : [signal, again];
        });
        const known = after(replayed);
        expect(known.deactivatedSince !== undefined).toBe(signals.at(-1)?.is === "deactivated");
        expect(known).toEqual(after(signals));
        // It began with the first deactivation after the account was last in use.
        const lastUse = signals.findLastIndex(({ is }) => is === "active");
        expect(known.deactivatedSince).toBe(signals[lastUse + 1]?.at);
      }),
    );
  });

  it("is stopped by what shows the account in use, and by nothing older than the deactivation", () => {
    const known = after([{ is: "deactivated", at: 100 }]);
    expect(after([{ is: "active", at: 99 }], known)).toBe(known);
    expect(after([{ is: "active", at: 101 }], known)).toEqual({ activeAt: 101 });
    expect(isToBeErased({ activeAt: 101 }, 1e15)).toBe(false);
  });

  it("runs for an account that is found deactivated from the earliest moment that this can have been, and not before it was in use", () => {
    const found = { is: "deactivated", at: 90, earliest: 40 } as const;
    expect(after([found])).toEqual({ deactivatedSince: 40 });
    expect(after([found], { activeAt: 60 })).toEqual({ activeAt: 60, deactivatedSince: 61 });
    expect(after([found], { deactivatedSince: 70 })).toEqual({ deactivatedSince: 40 });
    const known = { activeAt: 90 };
    expect(after([found], known)).toBe(known);
  });

  it("remembers nothing of an account of which nothing is suspected", () => {
    const known = {};
    expect(after([{ is: "active", at: 5 }], known)).toBe(known);
  });
});

describe("R26 a suspicion", () => {
  it("never erases, whatever time goes by", () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(), (times, now) => {
        const known = after(times.map((at) => ({ is: "suspected", at })));
        expect(isToBeErased(known, now * DAY_MS)).toBe(false);
      }),
    );
  });

  it("ends with any sign of life, and is where the clock began once its homeserver confirms it", () => {
    const known = after([{ is: "suspected", at: 10 }]);
    expect(known).toEqual({ suspectedSince: 10 });
    expect(after([{ is: "active", at: 11 }], known)).toEqual({ activeAt: 11 });
    const found = { is: "deactivated", at: 30, earliest: 20 } as const;
    expect(after([found], known)).toEqual({ deactivatedSince: 10 });
    // Who knows when it was does not need the suspicion.
    expect(after([{ is: "deactivated", at: 30 }], known)).toEqual({ deactivatedSince: 30 });
  });

  it("says nothing of an account that is deactivated already, or was in use since", () => {
    for (const known of [{ deactivatedSince: 5 }, { activeAt: 50 }])
      expect(after([{ is: "suspected", at: 20 }], known)).toBe(known);
  });
});

describe("R26 within 30 days", () => {
  it("an account that is found deactivated counts from right after the last time when all were found in use", () => {
    expect(earliest(1000, undefined)).toBe(1000);
    expect(earliest(1000, 400)).toBe(401);
    // 29 days without Usher: found at once, erased at once.
    const now = 29 * DAY_MS;
    expect(isToBeErased({ deactivatedSince: earliest(now, 0) }, now)).toBe(true);
  });

  it("a silent homeserver delays an erasure by a day at most", () => {
    const known = { deactivatedSince: 7 };
    expect(isPastLastLook(known, 7 + GRACE_MS + DAY_MS - 1)).toBe(false);
    expect(isPastLastLook(known, 7 + GRACE_MS + DAY_MS)).toBe(true);
    expect(isPastLastLook({ suspectedSince: 7 }, 1e15)).toBe(false);
  });

  it("what fails for 20 days is told to the operators, each day", () => {
    expect(daysLate(0, 20 * DAY_MS - 1)).toBeUndefined();
    expect(daysLate(0, 20 * DAY_MS)).toBe(20);
    expect(daysLate(0, 26.5 * DAY_MS)).toBe(26);
  });
});
