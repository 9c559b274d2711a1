import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { GENESIS, linked, peopleOf, verified, type ChainReport, type Deed } from "./auditChain.ts";
import { auditEntry, type AuditEntry } from "./auditEntry.ts";
import type { Clock } from "../kernel/clock.ts";
import { userId } from "../kernel/idSchemas.ts";
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

/** Writes down what an operator asks for, before it is done, as the next link of the chain. Safe to repeat for the same event: it is written once. */
export async function recordAudit(documents: Documents, clock: Clock, deed: Deed): Promise<void> {
  const words = new Map<UserId, string>();
  for (const one of peopleOf(deed)) words.set(one, await wordFor(documents, one));
  const at = clock.now();
  const month = new Date(at).toISOString().slice(0, 7);
  const known = await documents.get(auditDocument, month);
  // Asked of the other months at the first link of one alone.
  const before = hashAtEnd(known?.entries ?? []) ?? (await lastBefore(documents, month));
  await documents.update(auditDocument, month, (document) => {
    const { entries } = document;
    if (entries.some(({ event }) => event === deed.event)) return document;
    const prev = hashAtEnd(entries) ?? before;
    return { entries: [...entries, linked(deed, at, prev, (one) => words.get(one))] };
  });
}

/** Looks whether all that is written down is as it was written. */
export async function verifyAudit(documents: Documents): Promise<ChainReport> {
  const words = new Map<string, string>();
  for await (const { id, document } of documents.scan(auditWordDocument))
    words.set(id, document.word);
  const entries = await readAudit(documents, 0, Number.POSITIVE_INFINITY);
  return verified(entries, (one) => words.get(one));
}

async function wordFor(documents: Documents, one: UserId): Promise<string> {
  const { word } = await documents.update(auditWordDocument, one, (document) =>
    document.word === "" ? { person: one, word: randomBytes(16).toString("hex") } : document,
  );
  return word;
}

/** The hash of the last link in the months before this one. */
async function lastBefore(documents: Documents, month: string): Promise<string> {
  let newest: { readonly id: string; readonly hash: string } | undefined;
  for await (const { id, document } of documents.scan(auditDocument)) {
    const hash = hashAtEnd(document.entries);
    if (hash !== undefined && id < month && id > (newest?.id ?? "")) newest = { id, hash };
  }
  return newest?.hash ?? GENESIS;
}

function hashAtEnd(entries: readonly AuditEntry[]): string | undefined {
  return entries.findLast(({ chain }) => chain !== undefined)?.chain?.hash;
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
  await sweepWords(documents);
}

/** Deletes the words of people whom the record names no more. */
async function sweepWords(documents: Documents): Promise<void> {
  const named = new Set<string>();
  for await (const { document } of documents.scan(auditDocument))
    for (const one of document.entries.flatMap(peopleOf)) named.add(one);
  for await (const { id } of documents.scan(auditWordDocument))
    if (!named.has(id)) await documents.delete(auditWordDocument, id);
}
