import type { DocumentType } from "./documents.ts";

/** Ids of the records in such documents that end after a time. */
export function datedIn<T extends object>({ since }: DocumentType<T>): readonly string[] {
  return Object.keys(since);
}

/** Since when what a document holds under such a record is held; ms since the epoch. */
export function heldSince<T extends object>(
  { since }: DocumentType<T>,
  id: string,
  document: T,
): readonly number[] {
  return since[id]?.(document as never) ?? [];
}
