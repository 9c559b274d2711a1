import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { eventId, userId } from "../kernel/idSchemas.ts";
import { keptSince } from "../privacy/kept.ts";
import { actor, held, mixed, ownWords } from "../privacy/fields.ts";
import { AUDIT } from "../privacy/records/operators.ts";
import { defineDocument, type Documents } from "./documents.ts";

const entry = z.strictObject({
  /** When; ms since the epoch. */
  at: z.number(),
  who: actor(userId),
  /** The words of the command's definition. */
  what: ownWords(z.string()),
  /** Ids that the command was about: rooms, people, entries of the catalogue. Never what somebody wrote. */
  targets: z.array(mixed(z.string())),
  /** The event that asked for it. */
  event: eventId,
});

export type AuditEntry = z.infer<typeof entry>;

/** What operators had Usher do (D19), oldest first; one document for each month, its id as `2026-11` (UTC). */
export const auditDocument = defineDocument({
  kind: "audit",
  version: 1,
  shape: { entries: held(AUDIT, z.array(entry)) },
  empty: () => ({ entries: [] }),
  migrations: {},
  since: { [AUDIT.id]: ({ entries }) => entries.map(({ at }) => at) },
});

/** Writes down what an operator asks for, before it is done. Safe to repeat for the same event: it is written once. */
export async function recordAudit(
  documents: Documents,
  clock: Clock,
  deed: Omit<AuditEntry, "at">,
): Promise<void> {
  const at = clock.now();
  await documents.update(auditDocument, new Date(at).toISOString().slice(0, 7), (document) =>
    document.entries.some(({ event }) => event === deed.event)
      ? document
      : { entries: [...document.entries, { at, ...deed }] },
  );
}

/** What was asked from one time to before another, ms since the epoch; oldest first. */
export async function readAudit(
  documents: Documents,
  from: number,
  until: number,
): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const { document } of documents.scan(auditDocument))
    found.push(...document.entries.filter(({ at }) => at >= from && at < until));
  return found.sort((a, b) => a.at - b.at);
}

/** Deletes what has been kept as long as its record says, to the millisecond. */
export async function sweepAudit(documents: Documents, clock: Clock): Promise<void> {
  const oldest = keptSince(AUDIT, clock.now());
  const isKept = ({ at }: AuditEntry): boolean => at >= oldest;
  for await (const { id, document } of documents.scan(auditDocument)) {
    if (document.entries.every(isKept)) continue;
    if (document.entries.some(isKept)) {
      await documents.update(auditDocument, id, ({ entries }) => ({
        entries: entries.filter(isKept),
      }));
    } else {
      await documents.delete(auditDocument, id);
    }
  }
}
