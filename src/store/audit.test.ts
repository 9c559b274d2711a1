import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import { peopleIn } from "./documents.ts";
import { auditDocument, readAudit, recordAudit, sweepAudit } from "./audit.ts";
import type { AuditEntry } from "./auditEntry.ts";

const DAY = 86_400_000;
const ada = "@ada:example.org" as UserId;
const deed = (event: string, targets: string[] = []): Omit<AuditEntry, "at" | "chain"> => ({
  who: ada,
  what: "admin leave",
  targets,
  event: event as EventId,
});

async function kept(
  documents: ReturnType<typeof memoryDocuments>,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for await (const { id, document } of documents.scan(auditDocument))
    found[id] = document.entries.map(({ event }) => event);
  return found;
}

describe("the audit trail", () => {
  it("keeps one document for each month, and each deed once", async () => {
    const documents = memoryDocuments();
    const clock = new ManualClock(Date.UTC(2026, 0, 31, 23, 59));
    await recordAudit(documents, clock, deed("$one"));
    await recordAudit(documents, clock, deed("$one"));
    clock.advance(60_000);
    await recordAudit(documents, clock, deed("$two"));
    expect(await kept(documents)).toEqual({ "2026-01": ["$one"], "2026-02": ["$two"] });
    expect((await documents.get(auditDocument, "2026-01"))?.entries).toMatchObject([
      { at: Date.UTC(2026, 0, 31, 23, 59), ...deed("$one") },
    ]);
  });

  it("deletes each entry when it is older than twelve months, and not before", async () => {
    const documents = memoryDocuments();
    const clock = new ManualClock(Date.UTC(2026, 0, 10));
    await recordAudit(documents, clock, deed("$tenth"));
    clock.advance(10 * DAY);
    await recordAudit(documents, clock, deed("$twentieth"));
    clock.advance(355 * DAY);
    await sweepAudit(documents, clock);
    expect(await kept(documents)).toEqual({ "2026-01": ["$tenth", "$twentieth"] });
    clock.advance(1);
    await sweepAudit(documents, clock);
    expect(await kept(documents)).toEqual({ "2026-01": ["$twentieth"] });
    clock.advance(10 * DAY);
    await sweepAudit(documents, clock);
    expect(await kept(documents)).toEqual({});
  });

  it("is read from one time to before another, across months, oldest first", async () => {
    const documents = memoryDocuments();
    for (const [event, at] of [
      ["$c", 3],
      ["$a", 1],
      ["$d", Date.UTC(1970, 1)],
      ["$b", 2],
    ] as const)
      await recordAudit(documents, new ManualClock(at), deed(event));
    expect(
      (await readAudit(documents, 2, Date.UTC(1970, 1) + 1)).map(({ event }) => event),
    ).toEqual(["$b", "$c", "$d"]);
    expect((await readAudit(documents, 1, 3)).map(({ event }) => event)).toEqual(["$a", "$b"]);
  });

  it("is about who asked and whom it was about", () => {
    const entries = [{ at: 0, ...deed("$one", ["!room:example.org", "@bob:example.org"]) }];
    expect([...peopleIn(auditDocument, { entries })]).toEqual([ada, "@bob:example.org"]);
  });
});
