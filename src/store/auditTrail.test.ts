import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { memoryAudit, memoryEnd } from "../../test/harness/memoryAudit.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS } from "../kernel/days.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import { createLog, silentLog } from "../kernel/log.ts";
import { StoredDocuments } from "../rights/holdings/storedDocuments.ts";
import { makeStandIn } from "../privacy/erased.ts";
import { auditDocument, auditWordDocument } from "./audit.ts";
import { AuditTrail, openAuditTrail } from "./auditTrail.ts";
import type { Documents } from "./documents.ts";

const ADA = "@ada:example.org" as UserId;
const BEA = "@bea:example.org" as UserId;
const OLGA = "@olga:example.org" as UserId;
const MONTH = "2026-11";

let documents: ReturnType<typeof memoryDocuments>;
let clock: ManualClock;
let end: ReturnType<typeof memoryEnd>;
let trail: AuditTrail;

beforeEach(() => {
  documents = memoryDocuments();
  clock = new ManualClock(Date.UTC(2026, 10, 20));
  end = memoryEnd();
  trail = memoryAudit(documents, clock, end);
});

async function deed(event: string, targets: readonly string[] = [], by = trail): Promise<void> {
  clock.advance(1000);
  await by.record({
    ...{ who: OLGA, what: "admin case", targets: [...targets], event: event as EventId },
  });
}
const cut = (from: number): Promise<unknown> =>
  documents.update(auditDocument, MONTH, ({ entries }) => ({ entries: entries.slice(0, from) }));
const at = async (event: string): Promise<number | undefined> =>
  (await documents.get(auditDocument, MONTH))?.entries.find((one) => one.event === event)?.at;

describe("R68 where the record ends", () => {
  it("is noted with each entry, so that what is cut off there is seen, one entry or all", async () => {
    for (const event of ["$1", "$2", "$3"]) await deed(event, [ADA]);
    expect(await trail.verify()).toMatchObject({ count: 3, noted: true, broken: [], missing: [] });
    const last = await at("$3");
    await cut(2);
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [], missing: [last] });
    await documents.delete(auditDocument, MONTH);
    expect(await trail.verify()).toMatchObject({ count: 0, broken: [], missing: [last] });
  });

  it("is not covered by what is written after a cut, until what is missing would have gone", async () => {
    await deed("$1", [ADA]);
    await deed("$2", [ADA]);
    const last = (await at("$2")) ?? 0;
    await cut(0);
    await deed("$3", [ADA]);
    await deed("$4", [ADA]);
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [], missing: [last] });
    clock.advance(last + 365 * DAY_MS - clock.now());
    expect((await trail.verify()).missing).toEqual([last]);
    clock.advance(1);
    expect((await trail.verify()).missing).toEqual([]);
  });

  it("is seen where the whole chain was made anew without an entry", async () => {
    for (const event of ["$1", "$2", "$3"]) await deed(event);
    const last = await at("$3");
    await documents.delete(auditDocument, MONTH);
    clock.advance(-3000);
    const forged = memoryAudit(documents, clock);
    await deed("$1", [], forged);
    await deed("$3", [], forged);
    expect(await forged.verify()).toMatchObject({ count: 2, broken: [], missing: [] });
    expect((await trail.verify()).missing).toEqual([last]);
  });

  it("is behind by what a crash left unnoted, which the next entry follows on", async () => {
    await deed("$1");
    const noted = end.text;
    await deed("$2");
    end.text = noted;
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [], missing: [] });
    await deed("$3");
    const hashes = (await documents.get(auditDocument, MONTH))?.entries.map(({ chain }) => chain);
    expect(hashes?.[2]?.prev).toBe(hashes?.[1]?.hash);
    expect(await trail.verify()).toMatchObject({ count: 3, broken: [], missing: [] });
  });

  it("is noted when what a crash interrupted is done again, and not put back by what is done again later", async () => {
    await deed("$1");
    const noted = end.text;
    await deed("$2");
    const after = end.text;
    end.text = noted;
    await deed("$2");
    expect(end.text).toBe(after);
    await deed("$3");
    const newest = end.text;
    await deed("$2");
    expect(end.text).toBe(newest);
  });

  it("takes a look and what is done after it, which come of one event, each once", async () => {
    const row = { who: OLGA, what: "admin identity", targets: [ADA], event: "$1" as EventId };
    for (let time = 0; time < 2; time += 1) {
      await trail.record({ ...row, reason: "request" });
      await trail.record(row);
    }
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [], missing: [] });
  });

  it("is one also where the clock was put back, and where an entry is asked for again in another month", async () => {
    await deed("$1");
    clock.advance(20 * DAY_MS);
    await deed("$2");
    clock.advance(-15 * DAY_MS);
    await deed("$3");
    clock.advance(15 * DAY_MS);
    await deed("$1");
    expect(await trail.verify()).toMatchObject({ count: 3, broken: [], missing: [] });
    await documents.delete(auditDocument, "2026-12");
    expect((await trail.verify()).broken).toHaveLength(1);
  });

  it("stays where somebody in it is erased", async () => {
    await deed("$1", [ADA]);
    await deed("$2", [ADA]);
    await new StoredDocuments(documents).erase({ person: ADA, standIn: makeStandIn() }, {});
    expect(await trail.verify()).toMatchObject({ nameless: 2, broken: [], missing: [] });
    expect(end.text).not.toContain("@");
  });

  it("is said to be unknown where nothing is noted, or nothing that can be read, until the next entry", async () => {
    await deed("$1");
    for (const text of [undefined, "{", '{"version":2}']) {
      end.text = text;
      expect(await trail.verify()).toMatchObject({ noted: false, missing: [] });
    }
    await deed("$2");
    expect(await trail.verify()).toMatchObject({ noted: true, broken: [], missing: [] });
  });

  it("keeps no operator from anything where it cannot be noted; the log says so", async () => {
    const said: string[] = [];
    const log = createLog("info", { write: (line) => said.push(line) }, clock);
    const broken = { ...end, write: () => Promise.reject(new Error("EROFS")) };
    await deed("$1", [], new AuditTrail({ documents, clock, log, end: broken }));
    expect((await trail.verify()).count).toBe(1);
    expect(said.join()).toContain("audit.end-not-noted");
  });

  it("stands in a file for its owner alone, outside the data directory", async () => {
    const folder = mkdtempSync(join(tmpdir(), "usher-audit-"));
    try {
      const path = join(folder, "secrets", "data-audit-end");
      const opened = openAuditTrail({ auditEndFile: path }, { documents, clock, log: silentLog });
      await deed("$1", [ADA], opened);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const head = (await opened.verify()).head ?? "none";
      expect(readFileSync(path, "utf8")).toContain(head);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("R68 where the record begins", () => {
  const keepOnly = (...events: readonly string[]): Promise<unknown> =>
    documents.update(auditDocument, MONTH, ({ entries }) => ({
      entries: entries.filter(({ event }) => events.includes(event)),
    }));

  it("is noted, so that what is cut off there before its time is seen, as long as that is missing", async () => {
    for (const event of ["$1", "$2", "$3"]) await deed(event, [ADA]);
    const third = (await at("$3")) ?? 0;
    await keepOnly("$3");
    expect(await trail.verify()).toMatchObject({ count: 1, broken: [third], missing: [] });
    await deed("$4");
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [third], missing: [] });
    clock.advance(third + 365 * DAY_MS - clock.now());
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [third] });
    clock.advance(1);
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 1, broken: [] });
  });

  it("is known also between the time when an entry should go and the sweep: what is cut off beside it is seen", async () => {
    for (const event of ["$1", "$2", "$3"]) await deed(event);
    const third = (await at("$3")) ?? 0;
    clock.advance(((await at("$1")) ?? 0) + 365 * DAY_MS + 1 - clock.now());
    await keepOnly("$3");
    expect((await trail.verify()).broken).toEqual([third]);
    await trail.sweep();
    expect((await trail.verify()).broken).toEqual([third]);
  });

  it("is whole where the clock was put back, or was ahead, and what was made then goes at another time", async () => {
    for (const steps of [
      [0, -20 * DAY_MS, 20 * DAY_MS],
      [0, 20 * DAY_MS, -20 * DAY_MS],
    ]) {
      documents = memoryDocuments();
      end = memoryEnd();
      trail = memoryAudit(documents, clock, end);
      for (const [index, step] of steps.entries()) {
        clock.advance(step);
        await deed(`$${String(index)}a`, [ADA]);
        await deed(`$${String(index)}b`, [ADA]);
      }
      for (let left = 6, days = 0; days < 400; days += 1) {
        clock.advance(DAY_MS);
        await trail.sweep();
        const { count, broken } = await trail.verify();
        expect([count <= left, broken]).toEqual([true, []]);
        left = count;
      }
      await deed("$after");
      expect(await trail.verify()).toMatchObject({ count: 1, broken: [], missing: [] });
    }
  });

  it("is noted later where a sweep could not note it", async () => {
    await deed("$1");
    clock.advance(DAY_MS);
    for (const event of ["$2", "$3"]) await deed(event);
    const { write } = end;
    end.write = () => Promise.reject(new Error("EROFS"));
    clock.advance(((await at("$2")) ?? 0) + 365 * DAY_MS - clock.now());
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [] });
    end.write = write;
    await deed("$4");
    expect(await memoryAudit(documents, clock, end).verify()).toMatchObject({
      count: 3,
      broken: [],
    });
  });

  it("is known where it was noted by the oldest entry alone, as it was once", async () => {
    for (const event of ["$1", "$2"]) await deed(event);
    const [first] = (await documents.get(auditDocument, MONTH))?.entries ?? [];
    const { passed: _, ...noted } = JSON.parse(end.text ?? "") as Record<string, unknown>;
    end.text = JSON.stringify({ ...noted, start: { at: first?.at, hash: first?.chain?.hash } });
    expect((await trail.verify()).broken).toEqual([]);
    await keepOnly("$2");
    expect((await trail.verify()).broken).toEqual([await at("$2")]);
    await trail.sweep();
    expect((await trail.verify()).broken).toEqual([await at("$2")]);
  });

  it("moves on with each sweep, and nothing is told of what was kept long enough", async () => {
    await deed("$1");
    clock.advance(DAY_MS);
    for (const event of ["$2", "$3"]) await deed(event);
    const [second, third] = [(await at("$2")) ?? 0, (await at("$3")) ?? 0];
    clock.advance(second + 365 * DAY_MS - clock.now());
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 2, from: second, broken: [], missing: [] });
    await keepOnly("$3");
    expect((await trail.verify()).broken).toEqual([third]);
  });

  it("is noted by the next entry or sweep where it was not, and keeps no sweep from deleting", async () => {
    await deed("$1");
    const { passed: _, ...before } = JSON.parse(end.text ?? "") as Record<string, unknown>;
    for (const next of [() => deed("$2"), () => trail.sweep()]) {
      end.text = JSON.stringify(before);
      await next();
      expect(JSON.parse(end.text)).toMatchObject({ passed: ["0".repeat(64)] });
    }
    end.write = () => Promise.reject(new Error("EROFS"));
    clock.advance(366 * DAY_MS);
    await trail.sweep();
    expect(await trail.verify()).toMatchObject({ count: 0, broken: [] });
  });
});

describe("R68 the words of the record's people", () => {
  /** Documents in which something happens before the words are looked through. */
  const during = (happens: () => Promise<void>, gate: Promise<void>): Documents =>
    Object.assign(Object.create(documents) as Documents, {
      scan: async function* (type: Parameters<Documents["scan"]>[0]) {
        if (type.kind === auditWordDocument.kind) await happens();
        yield* documents.scan(type);
      },
      update: async (type: never, id: string, change: never) => {
        if ((type as { kind: string }).kind === auditDocument.kind) await gate;
        return documents.update(type, id, change);
      },
    });

  it("stay while somebody's first entry is being written, whatever is swept meanwhile", async () => {
    await deed("$1", [ADA]);
    const { promise: gate, resolve: open } = Promise.withResolvers<undefined>();
    const recorded: Promise<void>[] = [];
    const swept: AuditTrail = memoryAudit(
      during(async () => {
        recorded.push(deed("$2", [BEA], swept));
        // As far as it can get: its word is written, or it waits for the sweep.
        for (let turn = 0; turn < 20; turn += 1) await setImmediate();
      }, gate),
      clock,
      end,
    );
    await swept.sweep();
    open(undefined);
    await Promise.all(recorded);
    expect(recorded).toHaveLength(1);
    expect(await trail.verify()).toMatchObject({ count: 2, broken: [] });
    expect(await documents.get(auditWordDocument, BEA)).toBeDefined();
  });
});
