import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { HomeserverError } from "./errors.ts";
import { retrying, waitBeforeRetry } from "./retry.ts";

const limited = (retryAfterMs?: number): HomeserverError =>
  new HomeserverError({ kind: "answered", status: 429, retryAfterMs });
const middle = (): number => 0.5;

describe("waitBeforeRetry", () => {
  it("row 11: waits as long as the homeserver asks and a little more, never less", () => {
    expect(waitBeforeRetry(limited(4000), 1, () => 0)).toBe(4000);
    expect(waitBeforeRetry(limited(4000), 3, middle)).toBe(4200);
    expect(waitBeforeRetry(limited(0), 1, middle)).toBe(0);
  });

  it("row 11: gives up where the homeserver asks for more than five minutes", () => {
    expect(waitBeforeRetry(limited(300_000), 1, () => 0)).toBe(300_000);
    expect(waitBeforeRetry(limited(300_001), 1, () => 0)).toBeUndefined();
  });

  it("doubles its own wait up to a cap, with a spread", () => {
    const error = new HomeserverError({ kind: "network" });
    const waits = (random: number): (number | undefined)[] =>
      [1, 2, 3, 4].map((failed) => waitBeforeRetry(error, failed, () => random));
    expect(waits(0)).toEqual([250, 500, 1000, 2000]);
    expect(waits(0.999999)).toEqual([500, 1000, 2000, 4000]);
    expect(waitBeforeRetry(error, 20, () => 0.999999, 100)).toBe(30_000);
  });

  it.each<[string, unknown, boolean]>([
    ["a limit", limited(), true],
    ["a fault of the server", new HomeserverError({ kind: "answered", status: 503 }), true],
    ["a broken connection", new HomeserverError({ kind: "network" }), true],
    ["no answer in time", new HomeserverError({ kind: "timeout" }), true],
    [
      "an answer that cannot be read",
      new HomeserverError({ kind: "malformed", status: 200 }),
      true,
    ],
    [
      "a refusal",
      new HomeserverError({ kind: "answered", status: 403, errcode: "M_FORBIDDEN" }),
      false,
    ],
    [
      "a refusal that asks to wait",
      new HomeserverError({ kind: "answered", status: 400, retryAfterMs: 5 }),
      false,
    ],
    ["what the caller gave up", new HomeserverError({ kind: "aborted" }), false],
    ["what a person is told", new UsherError("room-not-private"), false],
    ["a mistake of ours", new TypeError("x"), false],
  ])("%s: again %s", (_name, error, again) => {
    expect(waitBeforeRetry(error, 1, middle) !== undefined).toBe(again);
  });
});

describe("retrying", () => {
  it("tries five times and then rejects with the last failure", async () => {
    const clock = new ManualClock();
    let tries = 0;
    const result = retrying(
      () => {
        tries += 1;
        return Promise.reject(limited(1000 * tries));
      },
      { clock, random: () => 0 },
    );
    const failed = expect(result).rejects.toMatchObject({ retryAfterMs: 5000 });
    for (let i = 1; i <= 4; i++) {
      await new Promise(setImmediate);
      expect(clock.waiting).toBe(1);
      clock.advance(1000 * i - 1);
      await new Promise(setImmediate);
      expect(tries).toBe(i);
      clock.advance(1);
    }
    await failed;
    expect(tries).toBe(5);
  });

  it("waits no longer once its caller gives it up", async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const result = retrying(() => Promise.reject(limited(1000)), {
      clock,
      random: () => 0,
      signal: stop.signal,
    });
    await new Promise(setImmediate);
    stop.abort(new HomeserverError({ kind: "aborted" }));
    await expect(result).rejects.toMatchObject({ kind: "aborted" });
    expect(clock.waiting).toBe(0);
  });
});
