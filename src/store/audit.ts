import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import type { EventId, UserId } from "../kernel/ids.ts";
import type { Documents, DocumentType } from "./documents.ts";

const entry = z.strictObject({
  /** When; ms since the epoch. */
  at: z.number(),
  who: z.string().startsWith("@") as unknown as z.ZodType<UserId>,
  /** The words of the command's definition. */
  what: z.string(),
  /** Ids that the command was about: rooms, people, entries of the catalogue. Never what somebody wrote. */
  targets: z.array(z.string()),
  /** The event that asked for it. */
  event: z.string().startsWith("$") as unknown as z.ZodType<EventId>,
});

const schema = z.strictObject({ entries: z.array(entry) });

export type AuditEntry = z.infer<typeof entry>;
export type AuditDocument = z.infer<typeof schema>;

/** What operators had Usher do (D19), oldest first; one document for each month, its id as `2026-11` (UTC). */
export const auditDocument: DocumentType<AuditDocument> = {
  kind: "audit",
  version: 1,
  schema,
  empty: () => ({ entries: [] }),
  migrations: {},
  people: ({ entries }) => [...new Set(entries.flatMap(({ who, targets }) => [who, ...targets.filter(isUser)]))],
};

function isUser(id: string): id is UserId {
  return id.startsWith("@");
}

/** How long an entry is kept (D19). */
const AUDIT_MONTHS = 12;

/** Writes down what an operator asks for, before it is done. Safe to repeat for the same event: it is written once. */
export async function recordAudit(documents: Documents, clock: Clock, deed: Omit<AuditEntry, "at">): Promise<void> {
  const at = clock.now();
  await documents.update(auditDocument, new Date(at).toISOString().slice(0, 7), (document) =>
    document.entries.some(({ event }) => event === deed.event) ? document : { entries: [...document.entries, { at, ...deed }] },
  );
}

/** What was asked from one time to before another, ms since the epoch; oldest first. */
export async function readAudit(documents: Documents, from: number, until: number): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const { document } of documents.scan(auditDocument))
    found.push(...document.entries.filter(({ at }) => at >= from && at < until));
  return found.sort((a, b) => a.at - b.at);
}

/** Deletes what is older than twelve months, to the millisecond. */
export async function sweepAudit(documents: Documents, clock: Clock): Promise<void> {
  const oldest = new Date(clock.now());
  oldest.setUTCMonth(oldest.getUTCMonth() - AUDIT_MONTHS);
  const isKept = ({ at }: AuditEntry): boolean => at >= oldest.getTime();
  for await (const { id, document } of documents.scan(auditDocument)) {
    if (document.entries.every(isKept)) continue;
    if (document.entries.some(isKept)) {
      await documents.update(auditDocument, id, ({ entries }) => ({ entries: entries.filter(isKept) }));
    } else {
      await documents.delete(auditDocument, id);
    }
  }
}
