import { isDeepStrictEqual } from "node:util";
import { caseDocument } from "../store/cases.ts";
import { deactivationsDocument } from "../store/deactivations.ts";
import { disclosureDocument } from "../store/disclosures.ts";
import type { Documents, DocumentType } from "../store/documents.ts";
import { erasureDocument, handWorkDocument, receiptDocument } from "../store/erasures.ts";
import { exportDocument, exportFileDocument } from "../store/exports.ts";
import { restrictionDocument } from "../store/restrictions.ts";
import { underageDocument } from "../store/underage.ts";

/** Taken as they are: each is one thing of its own, and the later is the truer. */
const WHOLE: readonly DocumentType<object>[] = [
  caseDocument,
  disclosureDocument,
  erasureDocument,
  exportDocument,
  exportFileDocument,
  handWorkDocument,
  receiptDocument,
];

/**
 * Takes along into documents of a backup what later ones know of people's rights: what they restricted or object to, who is too young, what they asked, what was given to
 * others, files with their data that are to go, erasures that are asked for or due, and receipts of those that were done. Without it somebody would be worked for again
 * who has said no, and a file would stay in a chat for good. Resolves with how many documents that changed. Rejects where one cannot be read.
 */
export async function takeAlong(later: Documents, backup: Documents): Promise<number> {
  let changed = 0;
  const put = async <T extends object>(
    type: DocumentType<T>,
    id: string,
    next: (current: T) => T,
  ): Promise<void> => {
    const before = await backup.get(type, id);
    const after = await backup.update(type, id, next);
    if (!isDeepStrictEqual(before, after)) changed += 1;
  };
  // What forbids something is never taken back by it.
  for await (const { id, document } of later.scan(restrictionDocument))
    await put(restrictionDocument, id, ({ restrictions }) => ({
      restrictions: withThose(restrictions, document.restrictions),
    }));
  for await (const { id, document } of later.scan(underageDocument))
    await put(underageDocument, id, ({ reported }) => ({
      reported: withThose(reported, document.reported),
    }));
  for await (const { id, document } of later.scan(deactivationsDocument))
    await put(deactivationsDocument, id, ({ accounts }) => ({
      ...document,
      accounts: [
        ...accounts.filter((one) => !document.accounts.some(({ person }) => person === one.person)),
        ...document.accounts,
      ],
    }));
  for (const type of WHOLE)
    for await (const { id, document } of later.scan(type)) await put(type, id, () => document);
  return changed;
}

/** All of both, each once. */
function withThose<T>(known: readonly T[], more: readonly T[]): T[] {
  return [...known, ...more.filter((one) => !known.some((other) => isDeepStrictEqual(one, other)))];
}
