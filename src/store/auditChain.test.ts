import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS } from "../kernel/days.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import { makeStandIn } from "../privacy/erased.ts";
import { StoredDocuments } from "../rights/holdings/storedDocuments.ts";
import { auditDocument, auditWordDocument, recordAudit, sweepAudit, verifyAudit } from "./audit.ts";
import type { AuditEntry } from "./auditEntry.ts";

const ADA = "@ada:example.org" as UserId;
const OLGA = "@olga:example.org" as UserId;
const ROOM = "!room:example.org";
const MONTH = "2026-11";

let documents: ReturnType<typeof memoryDocuments>;
let clock: ManualClock;

beforeEach(async () => {
  documents = memoryDocuments();
  clock = new ManualClock(Date.UTC(2026, 10, 20));
  for (const [event, targets] of [
    ["$1", [ROOM]],
    ["$2", ["3f9c0a51e27b", ADA]],
    ["$3", [ADA]],
    ["$4", ["poll"]],
  ] as const)
    await deed(event, targets);
});

async function deed(event: string, targets: readonly string[], who = OLGA): Promise<void> {
  clock.advance(1000);
  await recordAudit(documents, clock, {
    ...{ who, what: "admin case", targets: [...targets], event: event as EventId },
    ...{ role: "dpo", reason: "request" },
  });
}

const changes = (change: (entries: AuditEntry[]) => readonly AuditEntry[]): Promise<unknown> =>
  documents.update(auditDocument, MONTH, ({ entries }) => ({
    entries: [...change(structuredClone(entries))],
  }));
const erases = (person: UserId): Promise<void> =>
  new StoredDocuments(documents).erase({ person, standIn: makeStandIn() }, {});

describe("R68 the chain of what operators had Usher do", () => {
  it("is whole as it was written, also over months and where the clock was put back", async () => {
    clock.advance(20 * DAY_MS);
    await deed("$5", [ADA]);
    clock.advance(-15 * DAY_MS);
    await deed("$6", [ROOM]);
    const report = await verifyAudit(documents);
    expect(report).toMatchObject({ count: 6, nameless: 0, older: 0, broken: [] });
    expect(report.head).toMatch(/^[0-9a-f]{64}$/);
  });

  it("holds each event once, however often it is recorded", async () => {
    await deed("$4", ["poll"]);
    expect(await verifyAudit(documents)).toMatchObject({ count: 4, broken: [] });
  });

  it("is whole after erasures, of whoever was looked at and of whoever looked, and names them no more", async () => {
    const { head } = await verifyAudit(documents);
    await erases(ADA);
    expect(await verifyAudit(documents)).toMatchObject({ count: 4, nameless: 2, broken: [], head });
    await erases(OLGA);
    expect(await verifyAudit(documents)).toMatchObject({ count: 4, nameless: 4, broken: [], head });
    const all: unknown[] = [];
    for (const type of [auditDocument, auditWordDocument])
      for await (const one of documents.scan<object>(type)) all.push(one);
    expect(JSON.stringify(all)).not.toMatch(/@ada|@olga/);
    await deed("$5", [ADA]);
    expect(await verifyAudit(documents)).toMatchObject({ count: 5, nameless: 4, broken: [] });
  });

  it("tells nobody whom a seal was of once their word is gone", async () => {
    const word = (await documents.get(auditWordDocument, ADA))?.word;
    expect(word).toMatch(/^[0-9a-f]{32}$/);
    await erases(ADA);
    expect(await documents.get(auditWordDocument, ADA)).toBeUndefined();
    await deed("$5", [ADA]);
    expect((await documents.get(auditWordDocument, ADA))?.word).not.toBe(word);
  });

  it.each<[string, (entries: AuditEntry[]) => readonly AuditEntry[]]>([
    ["another asked", (all) => all.with(1, { ...(all[1] as AuditEntry), who: ADA })],
    ["it was about another", (all) => all.with(2, { ...(all[2] as AuditEntry), targets: [OLGA] })],
    ["it was about nobody", (all) => all.with(2, { ...(all[2] as AuditEntry), targets: [] })],
    ["it was another room", (all) => all.with(0, { ...(all[0] as AuditEntry), targets: ["!x:y"] })],
    [
      "it was another deed",
      (all) => all.with(1, { ...(all[1] as AuditEntry), what: "admin rooms" }),
    ],
    ["it was at another time", (all) => all.with(1, { ...(all[1] as AuditEntry), at: 1 })],
    ["the reason was another", (all) => all.with(1, { ...(all[1] as AuditEntry), reason: "law" })],
    ["the role was another", (all) => all.with(1, { ...(all[1] as AuditEntry), role: "support" })],
    ["one is gone", (all) => all.toSpliced(1, 1)],
    ["one was put in", (all) => all.toSpliced(2, 0, { ...(all[3] as AuditEntry), at: 5 })],
    [
      "one without a link was put in",
      ([first, ...rest]) => {
        const { chain: _, ...bare } = first as AuditEntry;
        return [first as AuditEntry, { ...bare, event: "$x" as EventId }, ...rest];
      },
    ],
  ])("shows where somebody made it look as if %s", async (_, change) => {
    await changes(change);
    expect((await verifyAudit(documents)).broken.length).toBeGreaterThan(0);
  });

  it("shows where a word was changed", async () => {
    await documents.update(auditWordDocument, ADA, (one) => ({ ...one, word: "other" }));
    expect((await verifyAudit(documents)).broken).toHaveLength(2);
  });

  it("is whole from where what was kept long enough ends, whose words go too", async () => {
    clock.advance(300 * DAY_MS);
    await deed("$late", [OLGA]);
    clock.advance(70 * DAY_MS);
    await sweepAudit(documents, clock);
    expect(await verifyAudit(documents)).toMatchObject({ count: 1, broken: [] });
    expect(await documents.get(auditWordDocument, ADA)).toBeUndefined();
    expect(await documents.get(auditWordDocument, OLGA)).toBeDefined();
  });

  it("begins after what was written before there was one", async () => {
    documents = memoryDocuments();
    const old = { at: 1, who: OLGA, what: "admin leave", targets: [ROOM], event: "$o" as EventId };
    await documents.update(auditDocument, "2026-10", () => ({ entries: [old] }));
    await deed("$1", [ROOM]);
    expect(await verifyAudit(documents)).toMatchObject({ count: 1, older: 1, broken: [] });
  });
});
