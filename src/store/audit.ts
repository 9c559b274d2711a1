import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { endAfter, linked, peopleOf, verified, type ChainReport, type Deed } from "./auditChain.ts";
import { auditEntry, sha256, type AuditEntry } from "./auditEntry.ts";
import type { Clock } from "../kernel/clock.ts";
import { userId } from "../kernel/idSchemas.ts";
import { earlierOf, laterOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { held, person, sealed } from "../privacy/fields.ts";
import { AUDIT, AUDIT_WORD } from "../privacy/records/operators.ts";
import { defineDocument, type Documents } from "./documents.ts";

/** What operators had Usher do (D19), and at whose data they looked (D20), oldest first; one document for each month, its id as `2026-11` (UTC). */
export const auditDocument = defineDocument({
  kind: "audit",
  version: 2,
  shape: { entries: held(AUDIT, z.array(auditEntry)) },
  empty: () => ({ entries: [] }),
  // In version 2 entries are a chain.
  migrations: { 1: (document) => document },
  since: { [AUDIT.id]: ({ entries }) => entries.map(({ at }) => at) },
});

/** The random word of somebody whom the record names; the document's id is theirs. */
export const auditWordDocument = defineDocument({
  kind: "audit-word",
  version: 1,
  ofOnePerson: true,
  shape: {
    person: held(AUDIT_WORD, person(userId).optional()),
    word: held(AUDIT_WORD, sealed(z.string())),
  },
  empty: () => ({ word: "" }),
  migrations: {},
});

/** Where the chain ends: its last link, and when that was made; ms since the epoch. */
export const chainEnd = z.strictObject({ at: z.number(), hash: sha256 });
export type ChainEnd = z.infer<typeof chainEnd>;

/**
 * Writes down what an operator asks for, before it is done, as the next link of the chain, on the one that was noted as its end. Safe to repeat for the same event and
 * reason: it is written once. Resolves with the new end; undefined where that is as it was. One at a time (`AuditTrail`).
 */
export async function recordAudit(
  documents: Documents,
  clock: Clock,
  deed: Deed,
  noted?: ChainEnd,
): Promise<ChainEnd | undefined> {
  const entries = await allAudit(documents);
  const known = entries.find((one) => isSame(one, deed));
  if (known !== undefined) {
    const isLast = noted === undefined || known.chain?.prev === noted.hash;
    return known.chain && isLast ? { at: known.at, hash: known.chain.hash } : undefined;
  }
  const words = new Map<UserId, string>();
  for (const one of peopleOf(deed)) words.set(one, await wordFor(documents, one));
  const at = laterOf(clock);
  const entry = linked(deed, at, endAfter(entries, noted?.hash), (one) => words.get(one));
  const month = new Date(at).toISOString().slice(0, 7);
  await documents.update(auditDocument, month, (document) => ({
    entries: [...document.entries, entry],
  }));
  return { at, hash: entry.chain.hash };
}

/** Looks whether all that is written down is as it was written. `passed`: hashes of links that are known to be gone, where that is known. */
export async function verifyAudit(
  documents: Documents,
  passed?: readonly string[],
): Promise<ChainReport> {
  const words = new Map<string, string>();
  for await (const { id, document } of documents.scan(auditWordDocument))
    words.set(id, document.word);
  return verified(await allAudit(documents), (one) => words.get(one), passed);
}

/** A look and what is done after it come of the same event. */
function isSame(one: Pick<Deed, "event" | "reason">, other: typeof one): boolean {
  return one.event === other.event && one.reason === other.reason;
}

async function wordFor(documents: Documents, one: UserId): Promise<string> {
  const { word } = await documents.update(auditWordDocument, one, (document) =>
    document.word === "" ? { person: one, word: randomBytes(16).toString("hex") } : document,
  );
  return word;
}

/** All that is written down, oldest first. */
export function allAudit(documents: Documents): Promise<readonly AuditEntry[]> {
  return readAudit(documents, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
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

/**
 * Deletes what has been kept as long as its record says, to the millisecond, and the words of people whom the record names no more. Nothing may be recorded
 * meanwhile, for its words would be among those (`AuditTrail`).
 */
export async function sweepAudit(documents: Documents, clock: Clock): Promise<void> {
  const oldest = keptSince(AUDIT, earlierOf(clock));
  const isKept = ({ at }: AuditEntry): boolean => at >= oldest;
  const named = new Set<string>();
  for await (const { id, document } of documents.scan(auditDocument)) {
    const kept = document.entries.filter(isKept);
    for (const one of kept.flatMap(peopleOf)) named.add(one);
    if (kept.length === document.entries.length) continue;
    if (kept.length > 0) {
      await documents.update(auditDocument, id, ({ entries }) => ({
        entries: entries.filter(isKept),
      }));
    } else {
      await documents.delete(auditDocument, id);
    }
  }
  for await (const { id } of documents.scan(auditWordDocument))
    if (!named.has(id)) await documents.delete(auditWordDocument, id);
}
