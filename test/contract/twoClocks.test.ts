import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeFiles } from "../../src/files/files.ts";
import { DAY_MS, HOUR_MS } from "../../src/kernel/days.ts";
import type { EventId, UserId } from "../../src/kernel/ids.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { OtherClock } from "../../src/kernel/otherClock.ts";
import { Underage } from "../../src/rights/people/underage.ts";
import { Backups } from "../../src/backup/backups.ts";
import { storedSweeps } from "../../src/start/storedSweeps.ts";
import { auditDocument } from "../../src/store/audit.ts";
import { reportedAnswer } from "../../src/commands/admin/underage.ts";
import { AuditTrail } from "../../src/store/auditTrail.ts";
import { caseDocument, sweepCases } from "../../src/store/cases.ts";
import { disclosureDocument } from "../../src/store/disclosures.ts";
import { receiptDocument } from "../../src/store/erasures.ts";
import { Tombstones } from "../../src/store/tombstones.ts";
import { underageDocument } from "../../src/store/underage.ts";
import { ANN, BOB, ErasureWorld } from "../harness/erasureWorld.ts";
import { memoryEnd } from "../harness/memoryAudit.ts";

const DORA = "@dora:example.org" as UserId;
/** How far a clock is wrong: more than all of this is kept. */
const WRONG_MS = 1_300 * DAY_MS;

let folder: string;
let world: ErasureWorld;
let steady: number;
let other: OtherClock;
let audit: AuditTrail;
let tombstones: Tombstones;
let underage: Underage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-two-clocks-"));
  world = new ErasureWorld();
  steady = 0;
  other = new OtherClock(0, () => steady);
  world.clock.other = other;
  const { stored: documents, clock } = world;
  audit = new AuditTrail({ documents, clock, log: silentLog, end: memoryEnd() });
  const hash = (text: string): string => Buffer.from(text).toString("hex");
  const path = join(folder, "erased");
  tombstones = new Tombstones({ documents, clock, files: nodeFiles, path, hash });
  const { erasures } = world;
  underage = new Underage({
    ...{ documents, clock, hashOfPerson: hash, erasures, log: silentLog },
    speaker: { say: () => Promise.resolve("$said" as never) },
    matrix: { privateRoom: () => Promise.resolve("!of-two:x" as never) },
    reported: () => reportedAnswer(16),
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Time goes on; where the own clock alone is moved it is put right or wrong. */
function passes(ms: number): void {
  world.clock.advance(ms);
  steady += ms;
}

/** One of each, and a closed case, as commands and erasures keep them. */
async function writesAll(): Promise<void> {
  const said = await world.ask(ANN, "privacy human", { text: "Why?" });
  const id = /[0-9a-f]{16}/.exec(said)?.[0];
  await world.ask(DORA, "admin case", { id, what: "answer", text: "So." });
  await world.ask(DORA, "admin disclosure add", {
    ...{ user: ANN, ground: "law", text: "Her rooms.", recipient: "A court", untold: false },
  });
  await audit.record({ who: DORA, what: "admin leave", targets: [], event: "$e" as EventId });
  await tombstones.set({ person: ANN, erasure: "e", only: {} });
  await underage.report(BOB, "$e" as EventId);
  await world.erasures.runDue();
}

async function sweepsAll(): Promise<void> {
  const { stored: documents, clock } = world;
  const backup = { folder, recipients: [], keepDays: 30 };
  const backups = new Backups({ backup, clock, identities: undefined } as never);
  const { backups: _, ...sweeps } = storedSweeps({ documents, clock, audit, tombstones, backups });
  for (const { sweep } of Object.values(sweeps)) await sweep();
  await sweepCases(documents, clock);
}

/** How many there are of each. */
async function kept(): Promise<Readonly<Record<string, number>>> {
  const { stored } = world;
  const documents = [auditDocument, caseDocument, disclosureDocument, receiptDocument];
  const counts: Record<string, number> = {};
  for (const type of documents)
    counts[type.kind] = (await Array.fromAsync(stored.scan(type as never))).length;
  counts["underage"] = (await stored.get(underageDocument, "self"))?.reported.length ?? 0;
  counts["tombstones"] = (await tombstones.heldSince()).length;
  return counts;
}
const ALL = { audit: 1, case: 1, disclosure: 1, receipt: 1, underage: 1, tombstones: 1 };
const NONE = { audit: 0, case: 0, disclosure: 0, receipt: 0, underage: 0, tombstones: 0 };

describe("R55 what is to be kept for so long at least", () => {
  it("is kept as long where it was written while the clock was behind: it is dated by the homeserver's", async () => {
    other.heard(world.clock.now() + WRONG_MS);
    await writesAll();
    expect(await kept()).toEqual(ALL);
    world.clock.advance(WRONG_MS);
    await sweepsAll();
    expect(await kept()).toEqual(ALL);
    passes(59 * DAY_MS);
    await sweepsAll();
    expect(await kept()).toEqual(ALL);
    passes(1_100 * DAY_MS);
    await sweepsAll();
    expect(await kept()).toEqual(NONE);
    expect((await audit.verify()).broken).toEqual([]);
  });

  it("does not go while the clock is ahead: it is deleted by the homeserver's", async () => {
    other.heard(world.clock.now());
    await writesAll();
    world.clock.advance(WRONG_MS);
    await sweepsAll();
    expect(await kept()).toEqual(ALL);
    steady += WRONG_MS;
    await sweepsAll();
    expect(await kept()).toEqual(NONE);
  });

  it("goes by this machine's own where the homeserver says no time", async () => {
    await writesAll();
    world.clock.advance(WRONG_MS);
    await sweepsAll();
    expect(await kept()).toEqual(NONE);
  });

  it("takes no notice of less than an hour", async () => {
    other.heard(world.clock.now() + HOUR_MS);
    await writesAll();
    const entry = (await world.stored.get(auditDocument, "2026-11"))?.entries[0];
    expect(entry?.at).toBe(world.clock.now());
  });
});
