import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLog } from "./log.ts";
import { startRounds, type Round } from "./rounds.ts";

const zone = process.env["TZ"];

beforeEach(() => {
  // Far from UTC, where most who run it are not.
  process.env["TZ"] = "Asia/Tokyo";
  vi.useFakeTimers({ now: new Date("2026-11-23T11:59:57.500Z") });
});
afterEach(() => {
  vi.useRealTimers();
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

/** Rounds, and the lines of their log: what happened, how bad it is, and with what error. */
function started(...rounds: readonly Partial<Round>[]): {
  readonly end: () => Promise<void>;
  readonly settled: () => Promise<void>;
  readonly logged: () => readonly string[];
} {
  const lines: string[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const whole = { name: "sweep", when: "* * * * * *", work: () => Promise.resolve() };
  const running = startRounds(
    rounds.map((round) => ({ ...whole, ...round })),
    log,
  );
  return {
    ...running,
    logged: () =>
      lines.map((line) => {
        const { level, what, code } = JSON.parse(line) as Record<string, string | number>;
        return [pino.levels.labels[Number(level)], what, code]
          .filter((one) => one !== undefined)
          .join(" ");
      }),
  };
}

it("each is done at its times, by UTC, and nothing is said of that", async () => {
  const begun: string[] = [];
  const note = (name: string) => (): Promise<void> => {
    begun.push(`${name} ${new Date().toISOString().slice(11, 19)}`);
    return Promise.resolve();
  };
  const { end, logged } = started(
    { when: "0 0 12 * * *", work: note("daily") },
    { when: "*/2 * * * * *", work: note("often") },
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(begun.sort()).toEqual([
    "daily 12:00:00",
    "often 11:59:58",
    "often 12:00:00",
    "often 12:00:02",
  ]);
  await end();
  expect(logged()).toEqual([]);
});

it.each(["2026-03-29T00:58:50Z", "2026-10-25T00:58:50Z"])(
  "each goes on once a minute where clocks are put forward or back: from %s",
  async (from) => {
    process.env["TZ"] = "Europe/Rome";
    vi.setSystemTime(new Date(from));
    const begun: string[] = [];
    const { end, logged } = started({
      when: "45 * * * * *",
      work: () => Promise.resolve(void begun.push(new Date().toISOString())),
    });
    const minutes = 70;
    await vi.advanceTimersByTimeAsync(minutes * 60_000);
    await end();
    const first = Date.parse(from) + 55_000;
    const due = Array.from({ length: minutes }, (_, index) =>
      new Date(first + index * 60_000).toISOString(),
    );
    expect(begun).toEqual(due);
    expect(logged()).toEqual([]);
  },
);

it("what fails at its time is logged as what it is, and is done again at the next", async () => {
  let times = 0;
  const { end, logged } = started({
    work: () => {
      times += 1;
      return times === 1 ? Promise.reject(new RangeError("full")) : Promise.resolve();
    },
  });
  await vi.advanceTimersByTimeAsync(2_000);
  await end();
  expect(times).toBe(2);
  expect(logged()).toEqual(["error sweep.failed RangeError"]);
});

it("what takes longer than until its next time is not begun beside itself, which is said", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let begun = 0;
  const { end, logged } = started({
    name: "slow",
    work: async () => {
      begun += 1;
      await promise;
    },
  });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(begun).toBe(1);
  expect(logged()).toEqual(["warn slow.late", "warn slow.late"]);
  resolve(undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toBe(2);
  await end();
});

it("none begins any more when they have ended", async () => {
  let begun = 0;
  const work = (): Promise<void> => {
    begun += 1;
    return Promise.resolve();
  };
  const { end } = started({ work }, { work });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(begun).toBe(2);
  await end();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(begun).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});

it("what had begun goes on after their end, and is waited for by who wants it whole", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { end, settled, logged } = started({
    work: async () => {
      await promise;
      throw new RangeError("full");
    },
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await end();
  let whole = false;
  const waited = settled().then(() => (whole = true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(whole).toBe(false);
  resolve(undefined);
  await waited;
  expect(logged()).toEqual(["error sweep.failed RangeError"]);
  await settled();
});
