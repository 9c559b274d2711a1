import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aheadOf, ManualClock, sleep, systemClock } from "./clock.ts";

it("a clock that is ahead says so, and waits no longer than the other", () => {
  const clock = new ManualClock(1_000);
  const ahead = aheadOf(clock, 500);
  let ran = 0;
  ahead.after(100, () => (ran = ahead.now()));
  clock.advance(99);
  expect(ran).toBe(0);
  clock.advance(1);
  expect(ran).toBe(1_600);
});

describe("ManualClock", () => {
  it("moves only when told, and runs what falls due in its order and at its time", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.array(fc.nat(300)), (delays, moves) => {
        const clock = new ManualClock(0);
        const ran: number[] = [];
        for (const delay of delays) {
          clock.after(delay, () => {
            expect(clock.now()).toBe(delay);
            ran.push(delay);
          });
        }
        for (const move of moves) clock.advance(move);
        const passed = moves.reduce((sum, move) => sum + move, 0);
        expect(clock.now()).toBe(passed);
        expect(ran).toEqual(
          (moves.length === 0 ? [] : delays.filter((delay) => delay <= passed)).toSorted(
            (a, b) => a - b,
          ),
        );
        expect(clock.waiting).toBe(delays.length - ran.length);
      }),
    );
  });

  it("does not run what was cancelled, and runs what a task plans for the same stretch", () => {
    const clock = new ManualClock(0);
    const ran: string[] = [];
    const cancel = clock.after(10, () => ran.push("cancelled"));
    clock.after(5, () => {
      cancel();
      clock.after(5, () => ran.push(`planned, at ${String(clock.now())}`));
    });
    clock.advance(20);
    expect(ran).toEqual(["planned, at 10"]);
  });
});

describe("sleep", () => {
  it("ends when the time has come", async () => {
    const clock = new ManualClock();
    const asleep = sleep(clock, 100);
    clock.advance(100);
    await asleep;
    expect(clock.waiting).toBe(0);
  });

  it("ends at once with the signal's reason, and leaves no timer and no listener behind", async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const asleep = sleep(clock, 100, controller.signal);
    controller.abort(new Error("stop"));
    await expect(asleep).rejects.toThrow("stop");
    expect(clock.waiting).toBe(0);
    await expect(sleep(clock, 100, controller.signal)).rejects.toThrow("stop");
    expect(clock.waiting).toBe(0);
  });
});

describe("systemClock", () => {
  it("tells the system's time, runs a task, and not a cancelled one", async () => {
    const before = Date.now();
    const now = systemClock.now();
    expect([before, now, Date.now()].toSorted((a, b) => a - b)[1]).toBe(now);
    let cancelledRan = false;
    systemClock.after(0, () => (cancelledRan = true))();
    // Timers of the same delay run in the order they were set in. It does not keep the process alive, so another must here.
    await new Promise<void>((resolve) => {
      const alive = setInterval(() => undefined, 1000);
      systemClock.after(0, () => {
        clearInterval(alive);
        resolve();
      });
    });
    expect(cancelledRan).toBe(false);
  });
});
