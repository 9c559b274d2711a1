import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryEnd } from "../../test/harness/memoryAudit.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { logLimits } from "../config/logs.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS, HOUR_MS } from "../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { LogSweep } from "../logs/sweepLogs.ts";
import { auditDocument, recordAudit, sweepAudit } from "../store/audit.ts";
import { definedDocuments, type Documents } from "../store/documents.ts";
import { credentialsDocument } from "../store/secrets.ts";
import { CREDENTIAL } from "../privacy/records/secrets.ts";
import { roomDocument } from "../store/room.ts";
import type { Failures } from "./classRuns.ts";
import { Retention, type Pass } from "./retention.ts";
import type { Shorter } from "./tally.ts";

const ROOM = "!room:example.org" as RoomId;
const LIMITS = logLimits({});

let dataDir: string;
let clock: ManualClock;
let documents: Documents;
let tombstones: number[];
let runsEnd: ReturnType<typeof memoryEnd>;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "usher-retention-"));
  clock = new ManualClock(Date.UTC(2027, 0, 1, 0, 20));
  documents = memoryDocuments();
  tombstones = [];
  runsEnd = memoryEnd();
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

async function opened(files: Files = nodeFiles, shorter: Shorter = {}): Promise<Retention> {
  const logs = new LogSweep({ dataDir, files, clock, limits: LIMITS });
  const beside = { D18: () => Promise.resolve(tombstones) };
  const retention = new Retention({
    ...{ dataDir, documents, clock, limits: LIMITS, shorter, beside, runsEnd },
    sweepLogs: () => logs.sweep(),
  });
  await retention.open();
  return retention;
}

const WHOLE = { torn: 0, broken: [], missing: undefined, noted: true };
const NONE: Failures = new Map();
const nothing = async (pass: Pass): Promise<Failures> => {
  await counted(pass);
  return NONE;
};
/** Counts all that is stored, as a sweep does. */
async function counted({ count }: Pass): Promise<void> {
  for (const type of definedDocuments().filter(({ kind }) => kind !== roomDocument.kind))
    for await (const { document } of documents.scan(type)) count(type, document);
}
const sweepsAudit = async (pass: Pass): Promise<Failures> => {
  await counted(pass);
  await sweepAudit(documents, clock);
  return NONE;
};

const audit = (event: string): Promise<unknown> =>
  recordAudit(documents, clock, {
    who: "@olga:example.org" as UserId,
    what: "admin leave",
    targets: [ROOM],
    event: event as EventId,
  });

const standing = (retention: Retention, id: string) =>
  retention.report()?.standings.find(({ record }) => record.id === id);

interface Line {
  readonly run: number;
  readonly outcome: string;
  readonly classes: readonly { readonly id: string; readonly [name: string]: unknown }[];
}
function runs(): readonly Line[] {
  return readdirSync(join(dataDir, "retention"))
    .sort()
    .flatMap((name) => readFileSync(join(dataDir, "retention", name), "utf8").split("\n"))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

describe("R55 R60 the account of what went", () => {
  it("says of each record what there was, what went and since when the oldest is held", async () => {
    await audit("$old");
    clock.advance(200 * DAY_MS);
    const kept = clock.now();
    await audit("$new");
    clock.advance(200 * DAY_MS);
    const retention = await opened();
    expect(retention.report()).toBeUndefined();
    expect(await retention.run(sweepsAudit)).toBeUndefined();
    const trail = { id: "D19", limit: "12 months", scanned: 2, deleted: { things: 1, files: [] } };
    expect(runs()).toMatchObject([
      { run: 1, outcome: "kept", classes: [{ ...trail, oldest: kept, errors: [] }] },
    ]);
    expect(standing(retention, "D19")).toMatchObject({ oldest: kept, lastGood: clock.now() });
    expect(standing(retention, "D26")).toMatchObject({ oldest: undefined, lastGood: clock.now() });
  });

  it("names the log files that went, and what the configuration shortens", async () => {
    const folder = join(dataDir, "logs", "bot");
    mkdirSync(folder, { recursive: true });
    const line = `{"time":${String(clock.now())},"class":"bot"}\n`;
    writeFileSync(join(folder, "bot-2027-01-01T00Z.ndjson"), line);
    clock.advance(15 * DAY_MS);
    await (await opened()).run(nothing);
    const files = [{ name: "bot-2027-01-01T00Z.ndjson", bytes: line.length }];
    expect(runs()[0]?.classes).toMatchObject([
      { id: "log.bot", limit: "14 days", deleted: { things: 0, files } },
    ]);
  });

  it("counts a room as its sweep leaves it, and holds no id of a person or a room", async () => {
    const change = {
      cause: "$c" as EventId,
      person: "@ann:example.org" as UserId,
      deed: "add-widget",
      id: "pad-1",
      name: "Pad",
    };
    const [old, fresh] = [clock.now(), clock.now() + 20 * DAY_MS];
    await documents.update(roomDocument, ROOM, (room) => ({
      ...room,
      changes: [
        { ...change, at: old },
        { ...change, at: fresh },
      ],
    }));
    clock.advance(31 * DAY_MS);
    const sweep = async ({ countRoom }: Pass): Promise<Failures> => {
      for await (const { document } of documents.scan(roomDocument))
        await countRoom(document, async () => {
          await documents.update(roomDocument, document.id, (room) => ({
            ...room,
            changes: (room.changes ?? []).filter(({ at }) => at > old),
          }));
        });
      return NONE;
    };
    const retention = await opened();
    expect(await retention.run(sweep)).toBeUndefined();
    const undo = { id: "D7-undo", scanned: 2, deleted: { things: 1, files: [] }, oldest: fresh };
    expect(runs()[0]?.classes).toMatchObject([undo]);
    expect(JSON.stringify(runs())).not.toMatch(/@ann|room:|pad|\$c/);
  });

  it("goes by what the configuration makes shorter, and stops by that too", async () => {
    const at = clock.now();
    await documents.update(credentialsDocument, "@ann:example.org", () => ({
      credentials: [
        { person: "@ann:example.org" as UserId, kind: "bot", id: "a", name: "a", at, sealed: "v1" },
      ],
    }));
    const retention = await opened(nodeFiles, { D5: { days: 30 } });
    clock.advance(30 * DAY_MS);
    expect(await retention.run(nothing)).toBeUndefined();
    expect(standing(retention, "D5")).toMatchObject({ limit: "30 days", oldest: at });
    clock.advance(1);
    expect(await retention.run(nothing)).toMatchObject({ code: "overdue" });
    expect([retention.stops(CREDENTIAL), standing(retention, "D5")?.stopped]).toEqual([true, true]);
  });

  it("has failed where something is still there that should be gone, whoever says that all went well", async () => {
    await audit("$old");
    tombstones = [clock.now()];
    clock.advance(400 * DAY_MS);
    const retention = await opened();
    expect(await retention.run(nothing)).toMatchObject({ code: "overdue" });
    expect(runs()).toMatchObject([
      {
        outcome: "failed",
        classes: [
          { id: "D18", errors: ["overdue"] },
          { id: "D19", errors: ["overdue"], scanned: 1 },
        ],
      },
    ]);
    expect(standing(retention, "D19")).toMatchObject({
      lastGood: undefined,
      oldest: clock.now() - 400 * DAY_MS,
    });
    clock.advance(HOUR_MS);
    tombstones = [];
    expect(await retention.run(sweepsAudit)).toBeUndefined();
    expect(standing(retention, "D19")?.lastGood).toBe(clock.now());
  });

  it("has failed where a sweep says so, or a file cannot be deleted, or its own line cannot be written; what else goes has gone", async () => {
    await audit("$old");
    clock.advance(400 * DAY_MS);
    const full = Object.assign(new Error("full"), { code: "ENOSPC" });
    const sweep = async (pass: Pass): Promise<Failures> => {
      await sweepsAudit(pass);
      return new Map([["exports", [full]]]);
    };
    const retention = await opened();
    expect(await retention.run(sweep)).toBe(full);
    expect(runs()[0]?.classes.map(({ id, errors }) => [id, errors])).toEqual([
      ["D26", ["ENOSPC"]],
      ["D19", []],
    ]);
    expect(await documents.get(auditDocument, "2027-01")).toBeUndefined();
    expect(await retention.run(() => Promise.resolve(new Map([["of no record", [full]]])))).toBe(
      full,
    );
    rmSync(join(dataDir, "retention"), { recursive: true });
    writeFileSync(join(dataDir, "retention"), "");
    const other = await opened();
    expect(await other.run(nothing)).toMatchObject({ code: "ENOTDIR" });
    expect(other.report()).toBeUndefined();
    // It is tried again in the next hour, not each time that somebody looks.
    expect(other.isDue()).toBe(false);
    clock.advance(HOUR_MS);
    expect(other.isDue()).toBe(true);
    await expect(other.run(() => Promise.reject(full))).rejects.toBe(full);
    expect(other.isDue()).toBe(false);
  });

  it("goes on after a restart, knows when each last went well, and is due once an hour, also after sleep and a clock set back", async () => {
    const first = await opened();
    expect(first.isDue()).toBe(true);
    await first.run(nothing);
    const well = clock.now();
    expect(first.isDue()).toBe(false);
    clock.advance(40 * 60_000 - 15_001);
    expect(first.isDue()).toBe(false);
    clock.advance(1);
    expect(first.isDue()).toBe(true);
    await first.run(() => Promise.resolve(new Map([["audit", [new Error("no")]]])));
    const next = await opened();
    expect(standing(next, "D19")?.lastGood).toBe(well);
    expect(next.isDue()).toBe(false);
    clock.advance(29 * DAY_MS);
    expect(next.isDue()).toBe(true);
    await next.run(nothing);
    expect(runs().map(({ run }) => run)).toEqual([1, 2, 3]);
    clock = new ManualClock(well - 3 * HOUR_MS);
    expect((await opened()).isDue()).toBe(true);
  });
});

describe("R55 the chain of runs", () => {
  it("is whole where the clock was put back over midnight, also after a start", async () => {
    await (await opened()).run(nothing);
    clock = new ManualClock(clock.now() - HOUR_MS);
    for (let start = 0; start < 2; start += 1) {
      const retention = await opened();
      await retention.run(nothing);
      expect(await retention.verify()).toEqual(WHOLE);
      clock.advance(HOUR_MS);
    }
    expect(readdirSync(join(dataDir, "retention"))).toHaveLength(2);
  });

  it("is whole whatever the clock does between the runs, over starts, and while its days go", async () => {
    const step = fc.integer({ min: -3 * DAY_MS, max: 200 * DAY_MS });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        rmSync(join(dataDir, "retention"), { recursive: true, force: true });
        runsEnd = memoryEnd();
        for (const [index, ms] of [0, ...steps].entries()) {
          clock = new ManualClock(clock.now() + ms);
          const retention = await opened();
          await retention.run(nothing);
          expect(retention.report()?.at).toBe(clock.now());
          expect(standing(retention, "D19")?.lastGood).toBe(clock.now());
          expect([index, await retention.verify()]).toEqual([index, WHOLE]);
        }
      }),
    );
  });

  it("goes on after the newest run where that stands months before in the order of the files", async () => {
    await (await opened()).run(nothing);
    clock = new ManualClock(clock.now() - HOUR_MS);
    await (await opened()).run(nothing);
    clock.advance(300 * DAY_MS);
    const retention = await opened();
    await retention.run(nothing);
    expect(await retention.verify()).toEqual(WHOLE);
    expect(runs().map(({ run }) => run)).toEqual([2, 1, 3]);
  });

  async function three(): Promise<string> {
    const retention = await opened();
    for (let n = 0; n < 3; n++) {
      await retention.run(nothing);
      clock.advance(HOUR_MS);
    }
    return join(dataDir, "retention", "runs-2027-01-01.ndjson");
  }

  it("is whole as it is written, and goes on where a crash has torn its last line", async () => {
    const file = await three();
    appendFileSync(file, '{"run":4,"started');
    const retention = await opened();
    await retention.run(nothing);
    expect(await retention.verify()).toEqual({ ...WHOLE, torn: 1 });
  });

  it("shows which run was changed, and where one was taken out", async () => {
    const file = await three();
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(
      file,
      lines
        .map((line, index) => (index === 1 ? line.replace('"kept"', '"failed"') : line))
        .join("\n"),
    );
    expect(await (await opened()).verify()).toEqual({ ...WHOLE, broken: [2] });
    writeFileSync(file, [lines[0], lines[2], ""].join("\n"));
    expect(await (await opened()).verify()).toEqual({ ...WHOLE, broken: [3] });
  });

  it("shows that the newest were cut off, until those would have gone, also where it goes on", async () => {
    const file = await three();
    const third = Date.UTC(2027, 0, 1, 2, 20);
    const [first] = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, `${String(first)}\n`);
    const retention = await opened();
    expect(await retention.verify()).toEqual({ ...WHOLE, missing: third, noted: false });
    await retention.run(nothing);
    await retention.run(nothing);
    expect(await (await opened()).verify()).toEqual({ ...WHOLE, missing: third });
    rmSync(file);
    const anew = await opened();
    await anew.run(nothing);
    expect(await anew.verify()).toEqual({ ...WHOLE, missing: Date.UTC(2027, 0, 1, 3, 20) });
    clock.advance(367 * DAY_MS);
    await anew.run(nothing);
    expect(await (await opened()).verify()).toEqual(WHOLE);
  });

  it("is told as whole where a crash came before its end was noted, and as noted nowhere where it cannot be", async () => {
    const { write } = runsEnd;
    await three();
    runsEnd.write = () => Promise.reject(new Error("EROFS"));
    await (await opened()).run(nothing);
    expect(await (await opened()).verify()).toEqual({ ...WHOLE, noted: false });
    runsEnd.write = write;
    await (await opened()).run(nothing);
    expect(await (await opened()).verify()).toEqual(WHOLE);
    runsEnd.text = "{}";
    expect(await (await opened()).verify()).toEqual({ ...WHOLE, noted: false });
  });

  it("goes day by day when its own time is over, and what is left is whole", async () => {
    await three();
    clock.advance(364 * DAY_MS);
    const retention = await opened();
    await retention.run(nothing);
    expect(readdirSync(join(dataDir, "retention"))).toHaveLength(2);
    clock.advance(2 * DAY_MS);
    await retention.run(nothing);
    expect(readdirSync(join(dataDir, "retention")).sort()).toEqual([
      "runs-2027-12-31.ndjson",
      "runs-2028-01-02.ndjson",
    ]);
    expect(await retention.verify()).toEqual(WHOLE);
  });
});
