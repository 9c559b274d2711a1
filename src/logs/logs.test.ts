import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { logLimits } from "../config/logs.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../kernel/days.ts";
import { createLog, LOG_CLASS_NAMES, type Log, type LogClass } from "../kernel/log.ts";
import { sinceWhen } from "../privacy/kept.ts";
import { LOG_CLASSES, type LogLimits } from "../privacy/logClasses.ts";
import { LOG_FIELDS } from "../privacy/logFields.ts";
import { ACCESS_LOG } from "../privacy/records/log.ts";
import { LogFiles, MOST_A_DAY, type LogTrouble } from "./logFiles.ts";
import { LogSweep } from "./sweepLogs.ts";

const MINUTE_MS = 60_000;
const LIMITS = logLimits({});

let dataDir: string;
let clock: ManualClock;
let troubles: LogTrouble[];
/** How often it was asked for a sweep. */
let asked: number;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "usher-logs-"));
  // The hour in which clocks in Europe go forward.
  clock = new ManualClock(Date.UTC(2026, 2, 29, 0, 30));
  troubles = [];
  asked = 0;
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

/** A life of Usher as far as its log goes. */
function opened({
  limits = LIMITS,
  files = nodeFiles,
  most = MOST_A_DAY,
}: { limits?: LogLimits; files?: Files; most?: typeof MOST_A_DAY } = {}) {
  const written = new LogFiles({
    ...{ dataDir, clock, limits, most },
    trouble: (one) => troubles.push(one),
    sweep: () => (asked += 1),
  });
  const log = createLog("info", written, clock);
  const sweep = new LogSweep({ dataDir, files, clock, limits });
  return { log, written, sweep: () => sweep.sweep() };
}

const folder = (of: LogClass): string => join(dataDir, "logs", of);

/** Every line that lies anywhere below the logs, with its class and time. */
function lines(): readonly { readonly of: string; readonly at: number }[] {
  return readdirSync(join(dataDir, "logs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => {
          const { class: of, time } = JSON.parse(line) as { class: string; time: number };
          return { of, at: time };
        });
    });
}

const say = (log: Log, of: LogClass): void => {
  if (of !== "access") log.info({ class: of, what: "said" });
};

describe("log files", () => {
  it("R55 R56 hold each line in the file of its class and hour (UTC), for their owner alone", () => {
    const { log } = opened();
    log.info({ class: "bot", what: "one" });
    log.info({ class: "ops", what: "two" });
    clock.advance(HOUR_MS);
    log.info({ class: "bot", what: "three" });
    expect(readdirSync(folder("bot"))).toEqual([
      "bot-2026-03-29T00Z.ndjson",
      "bot-2026-03-29T01Z.ndjson",
    ]);
    expect(readdirSync(folder("ops"))).toEqual(["ops-2026-03-29T00Z.ndjson"]);
    const first = readFileSync(join(folder("bot"), "bot-2026-03-29T00Z.ndjson"), "utf8");
    expect(first.match(/"what":"(\w+)"/)?.[1]).toBe("one");
    expect(first).not.toContain("two");
    chmodSync(folder("bot"), 0o700);
  });

  it("go on at the end of what a crash has torn", () => {
    opened().log.info({ class: "bot", what: "one" });
    const [name = ""] = readdirSync(folder("bot"));
    appendFileSync(join(folder("bot"), name), '{"level":30,"ti');
    opened().log.info({ class: "bot", what: "two" });
    const text = readFileSync(join(folder("bot"), name), "utf8");
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => line.includes('"what"')),
    ).toEqual([true, false, true]);
  });

  it.each([
    ["bot", 14 * DAY_MS],
    ["bridge", 14 * DAY_MS],
    ["access", 60 * DAY_MS],
    ["audit", 365 * DAY_MS],
    ["ops", 90 * DAY_MS],
  ] as const)(
    "R55 R56 R60 of the class %s are there a minute before their time and gone at it",
    async (of, keptMs) => {
      clock = new ManualClock(Date.UTC(2026, 5, 1));
      const { sweep } = opened();
      mkdirSync(folder(of), { recursive: true });
      const name = `${of}-2026-06-01T00Z.ndjson`;
      writeFileSync(join(folder(of), name), `{"time":${String(clock.now())},"class":"${of}"}\n`);
      clock.advance(keptMs - MINUTE_MS);
      const before = (await sweep())[of];
      expect([before.deleted, before.oldest, before.errors]).toEqual([
        [],
        Date.UTC(2026, 5, 1),
        [],
      ]);
      clock.advance(MINUTE_MS);
      const after = (await sweep())[of];
      expect(after.deleted.map((one) => one.name)).toEqual([name]);
      expect([after.oldest, readdirSync(folder(of))]).toEqual([undefined, []]);
    },
  );

  it("R73 can hold an address or a browser's name in one class alone, which is kept for 60 days at most; no other takes one", () => {
    const kept = LOG_CLASS_NAMES.filter((of) => LOG_CLASSES[of] === ACCESS_LOG);
    expect([kept, ACCESS_LOG.retention.for]).toEqual([["access"], { days: 60 }]);
    const holds = new Set(Object.values(LOG_FIELDS).map((field) => field.holds));
    expect([...holds].sort()).toEqual([
      "a number",
      "a person's pseudonym",
      "a room's pseudonym",
      "words of Usher's own",
    ]);
    const { log } = opened();
    const caller = { address: "203.0.113.7", userAgent: "Mozilla/5.0" };
    // It would not compile otherwise.
    const what = { what: "said", ...caller } as { readonly what: string };
    for (const of of LOG_CLASS_NAMES) if (of !== "access") log.info({ class: of, ...what });
    const written = readdirSync(join(dataDir, "logs"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    expect(written).toHaveLength(4);
    for (const text of written) {
      expect(text).toContain('"what":"said"');
      expect(text).not.toMatch(/203|Mozilla/);
    }
  });

  it("of a leap day go when the twelve months are over", async () => {
    clock = new ManualClock(Date.UTC(2028, 1, 29, 12));
    const { log, sweep } = opened();
    log.info({ class: "audit", what: "erasure.verified" });
    clock.advance(Date.UTC(2029, 1, 28, 23) - clock.now());
    expect((await sweep()).audit.deleted).toEqual([]);
    clock.advance(HOUR_MS);
    expect((await sweep()).audit.deleted).toHaveLength(1);
  });

  it("are as old as their name or their first line says, whichever is older", async () => {
    const { log, sweep } = opened();
    const start = clock.now();
    log.info({ class: "bot", what: "said" });
    const [written = ""] = readdirSync(folder("bot"));
    // A copy under a later name, and a torn file under an earlier one.
    renameSync(join(folder("bot"), written), join(folder("bot"), "bot-2026-04-10T00Z.ndjson"));
    writeFileSync(join(folder("bot"), "bot-2026-03-29T00Z.ndjson"), '{"level":30,"ti');
    clock.advance(13 * DAY_MS);
    const { bot } = await sweep();
    expect([bot.deleted.length, bot.oldest, bot.errors]).toEqual([0, Date.UTC(2026, 2, 29), []]);
    clock.advance(start + 14 * DAY_MS - clock.now());
    expect((await sweep()).bot.deleted).toHaveLength(2);
  });

  it("that came from a clock which was ahead count from when that is seen", async () => {
    const { log, sweep } = opened();
    clock.advance(400 * DAY_MS);
    log.info({ class: "bot", what: "said" });
    clock = new ManualClock(Date.UTC(2026, 2, 29, 0, 30));
    const later = opened();
    later.log.info({ class: "bot", what: "now" });
    expect((await later.sweep()).bot).toMatchObject({ scanned: 2, errors: [] });
    clock.advance(DAY_MS);
    expect((await later.sweep()).bot.oldest).toBe(Date.UTC(2026, 2, 29));
    expect(readdirSync(folder("bot"))).toEqual([
      "bot-2026-03-29T00Z.1.ndjson",
      "bot-2026-03-29T00Z.ndjson",
    ]);
    clock.advance(13 * DAY_MS);
    expect((await later.sweep()).bot.deleted).toHaveLength(2);
    void sweep;
  });

  it("are left as they are by a clock that is behind at a start, as of a machine without a battery", async () => {
    const { log } = opened();
    log.info({ class: "bot", what: "said" });
    log.info({ class: "audit", what: "erasure.verified" });
    const right = clock;
    const names = (): readonly string[] =>
      ["bot", "audit"].flatMap((of) => readdirSync(folder(of as LogClass)));
    const written = names();
    clock = new ManualClock(0);
    const wrong = await opened().sweep();
    expect([wrong.bot.oldest, wrong.bot.errors]).toEqual([0, []]);
    clock = right;
    clock.advance(13 * DAY_MS);
    await opened().sweep();
    expect(names()).toEqual(written);
  });

  it("that cannot be deleted are told of, with what is held in truth, and the others go", async () => {
    const { log } = opened();
    log.info({ class: "bot", what: "one" });
    clock.advance(HOUR_MS);
    log.info({ class: "bot", what: "two" });
    clock.advance(15 * DAY_MS);
    const files: Files = {
      ...nodeFiles,
      remove: (path) =>
        path.includes("T00Z")
          ? Promise.reject(Object.assign(new Error("read-only"), { code: "EROFS" }))
          : nodeFiles.remove(path),
    };
    const { bot, ops } = await opened({ files }).sweep();
    expect(bot).toMatchObject({ errors: ["EROFS"], oldest: Date.UTC(2026, 2, 29, 0) });
    expect(bot.deleted.map(({ name }) => name)).toEqual(["bot-2026-03-29T01Z.ndjson"]);
    expect(ops.errors).toEqual([]);
  });

  it("that another sweep deletes at the same time, as where a machine has slept, are no fault", async () => {
    const { log } = opened();
    for (let hour = 0; hour < 5; hour += 1) {
      log.info({ class: "bot", what: "one" });
      clock.advance(HOUR_MS);
    }
    clock.advance(15 * DAY_MS);
    const both = await Promise.all([opened().sweep(), opened().sweep()]);
    expect(both.map(({ bot }) => [bot.errors, bot.oldest])).toEqual([
      [[], undefined],
      [[], undefined],
    ]);
    const late = { ...nodeFiles, list: () => Promise.resolve(["bot-2026-01-01T00Z.ndjson"]) };
    const { bot } = await opened({ files: late }).sweep();
    expect([bot.errors, bot.scanned, bot.oldest]).toEqual([[], 0, undefined]);
  });

  it("that cannot be read, as of an Usher that root once ran, go by their name", async () => {
    const { log } = opened();
    log.info({ class: "bot", what: "one" });
    writeFileSync(join(folder("bot"), "copy"), "{}");
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    const lines = (): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(denied) }),
    });
    const sweep = new LogSweep({ dataDir, files: nodeFiles, clock, limits: LIMITS, lines });
    expect((await sweep.sweep()).bot).toMatchObject({ deleted: [], errors: ["EACCES"] });
    clock.advance(15 * DAY_MS);
    const { bot } = await sweep.sweep();
    expect([bot.deleted.length, bot.errors]).toEqual([1, ["EACCES"]]);
    expect(readdirSync(folder("bot"))).toEqual(["copy"]);
  });

  it("are nothing else: a link, or a file that says nothing of its age, is told of and left", async () => {
    const { log, sweep } = opened();
    log.info({ class: "bot", what: "one" });
    const outside = join(dataDir, "outside");
    writeFileSync(outside, "x");
    symlinkSync(outside, join(folder("bot"), "bot-2020-01-01T00Z.ndjson"));
    writeFileSync(join(folder("bot"), "notes.txt"), "x");
    const { bot } = await sweep();
    expect(bot.errors).toEqual(["unknown-file", "unknown-file"]);
    expect(readFileSync(outside, "utf8")).toBe("x");
    mkdirSync(join(dataDir, "elsewhere"));
    writeFileSync(join(dataDir, "elsewhere", "ops-2020-01-01T00Z.ndjson"), "x");
    symlinkSync(join(dataDir, "elsewhere"), folder("ops"));
    expect((await sweep()).ops.errors).toEqual(["ENOTDIR"]);
    expect(readdirSync(join(dataDir, "elsewhere"))).toHaveLength(1);
  });

  it("stop nobody where the disk is full: it is told once, and again only after lines were written", () => {
    const { log } = opened();
    // A file where the folder is to be fails as a full disk does.
    mkdirSync(join(dataDir, "logs"));
    writeFileSync(folder("bot"), "");
    log.info({ class: "bot", what: "one" });
    log.info({ class: "bot", what: "two" });
    expect(troubles).toEqual([{ is: "not-written", code: "ENOTDIR" }]);
    rmSync(folder("bot"));
    log.info({ class: "bot", what: "three" });
    expect(lines()).toHaveLength(1);
    rmSync(folder("bot"), { recursive: true });
    writeFileSync(folder("bot"), "");
    clock.advance(HOUR_MS);
    log.info({ class: "bot", what: "four" });
    expect(troubles).toHaveLength(2);
  });

  it("grow no more where old ones are left, before the promise is broken by more, and do again when those are gone", async () => {
    const broken: Files = { ...nodeFiles, remove: () => Promise.reject(new Error("held open")) };
    const { log, written, sweep } = opened({ files: broken });
    log.info({ class: "bot", what: "old" });
    clock.advance(14 * DAY_MS - HOUR_MS);
    await sweep();
    written.guard();
    log.info({ class: "bot", what: "in time" });
    clock.advance(HOUR_MS);
    await sweep();
    log.info({ class: "bot", what: "too late" });
    log.info({ class: "bot", what: "too late" });
    log.info({ class: "ops", what: "of another class" });
    expect([asked, troubles]).toEqual([1, []]);
    await sweep();
    written.guard();
    log.info({ class: "bot", what: "too late" });
    expect([asked, troubles]).toEqual([1, [{ is: "stopped", of: "bot" }]]);
    expect(lines().map(({ of }) => of)).toEqual(["bot", "bot", "ops"]);
    await opened().sweep();
    clock.advance(MINUTE_MS);
    log.info({ class: "bot", what: "again" });
    expect(
      lines()
        .map(({ of }) => of)
        .sort(),
    ).toEqual(["bot", "bot", "ops"]);
  });

  it("lose no line where the clock has jumped over sweeps, as of a machine that slept: it is swept first", async () => {
    const { log, written, sweep } = opened();
    log.info({ class: "bot", what: "old" });
    await sweep();
    written.guard();
    clock.advance(14 * DAY_MS);
    const since = clock.now();
    log.info({ class: "bot", what: "one" });
    log.info({ class: "bot", what: "two" });
    log.info({ class: "ops", what: "three" });
    expect(asked).toBe(1);
    await sweep();
    written.guard();
    log.info({ class: "bot", what: "four" });
    expect(troubles).toEqual([]);
    expect(lines().map(({ of, at }) => [of, at])).toEqual([
      ...Array.from({ length: 3 }, () => ["bot", since]),
      ["ops", since],
    ]);
  });

  it("grow by no more than a measure a day, also over a restart; what is dropped is counted, and told once", () => {
    const [of, line] = ["bot", '{"level":30,"time":1774744200000,"class":"bot","what":"said"}\n'];
    const most = { ...MOST_A_DAY, bot: 10 * line.length };
    const { log } = opened({ most });
    for (let count = 0; count < 6; count += 1) log.info({ class: "bot", what: "said" });
    const { log: later } = opened({ most });
    for (let count = 0; count < 8; count += 1) later.info({ class: "bot", what: "said" });
    later.info({ class: "ops", what: "of another class" });
    expect(lines().filter((one) => one.of === of)).toHaveLength(10);
    expect(lines()).toHaveLength(11);
    expect(troubles).toEqual([{ is: "full", of }]);
    clock.advance(DAY_MS);
    later.info({ class: "bot", what: "said" });
    expect(troubles.slice(1)).toEqual([{ is: "dropped", of, count: 4 }]);
    expect(lines().filter((one) => one.of === of)).toHaveLength(11);
  });

  it("are shorter kept where the configuration says so, from the next sweep on", async () => {
    const { log, sweep } = opened();
    log.info({ class: "bot", what: "said" });
    clock.advance(3 * DAY_MS);
    await sweep();
    expect(lines()).toHaveLength(1);
    await opened({ limits: logLimits({ bot: 2 }) }).sweep();
    expect(lines()).toEqual([]);
  });
});

/** What happens to a log: something is said, time passes, the clock is set, Usher is off, it starts anew. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant("said" as const),
      of: fc.constantFrom(...LOG_CLASS_NAMES),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant("waits" as const),
      ms: fc.integer({ min: 1, max: 3 * DAY_MS }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("waits" as const),
      ms: fc.integer({ min: 20 * DAY_MS, max: 400 * DAY_MS }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant("steps back" as const),
      ms: fc.integer({ min: 1, max: 5 * HOUR_MS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("restarts" as const) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("swept" as const) }) },
);

it("R55 R56 R60 whatever is written, waited for, turned back and started anew: after each sweep no line is older than its limit, and no younger one is gone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 60 }), async (happenings) => {
      clock = new ManualClock(Date.UTC(2026, 2, 29, 0, 30));
      let life = opened();
      let said: { of: string; at: number }[] = [];
      try {
        for (const one of [...happenings, { is: "swept" } as const]) {
          if (one.is === "said") {
            const before = asked;
            say(life.log, one.of);
            // Nobody has swept for long: the line waits for that.
            if (asked > before) {
              await life.sweep();
              life.written.guard();
            }
            if (one.of !== "access") said.push({ of: one.of, at: clock.now() });
          } else if (one.is === "waits") clock.advance(one.ms);
          else if (one.is === "steps back") {
            clock = new ManualClock(clock.now() - one.ms);
            life = opened();
          } else if (one.is === "restarts") life = opened();
          else {
            const swept = await life.sweep();
            life.written.guard();
            expect(troubles).toEqual([]);
            expect(Object.values(swept).flatMap(({ errors }) => errors)).toEqual([]);
            const left = said.length === 0 ? [] : lines();
            for (const { of, at } of left)
              expect(at).toBeGreaterThan(sinceWhen(LIMITS[of as LogClass], clock.now()));
            // A file is as old as its hour, and its sweep comes half a minute before that is full.
            const young = said.filter(
              ({ of, at }) =>
                at - HOUR_MS > sinceWhen(LIMITS[of as LogClass], clock.now() + MINUTE_MS),
            );
            for (const { of, at } of young)
              expect(left.some((line) => line.of === of && line.at === at)).toBe(true);
            said = said.filter(({ of, at }) =>
              left.some((line) => line.of === of && line.at === at),
            );
          }
        }
      } finally {
        rmSync(join(dataDir, "logs"), { recursive: true, force: true });
      }
    }),
    { numRuns: 60 },
  );
});
