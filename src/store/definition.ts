import type { z } from "zod";
import type { Held } from "../privacy/fields.ts";
import type { DataRecord } from "../privacy/record.ts";

/** What the definition of a kind of documents is made of. */

export type Values = Readonly<Record<string, unknown>>;

/** Fields that others add to the documents of a kind; asked when it is needed, for they may be added later than the kind is defined. */
export interface AddedFields {
  fields(): ReadonlyMap<string, Held>;
  /** All that they store, by name, as `docs/schemas.json` pins it. */
  shapes(): ReadonlyMap<string, z.ZodType>;
  /** What of a document is theirs, each with its schema and its place. */
  values(document: Values): readonly AddedValue[];
}

export interface AddedValue {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly path: readonly string[];
}

/**
 * Since when each thing is held that a document holds under a record of the data map; by the record's id, ms since the epoch. Its time there counts from
 * then. Of what has no end yet, or is told of otherwise when it is late, nothing is said.
 */
export type HeldSince<T> = Readonly<Record<string, (document: T) => readonly number[]>>;

/** Records with an end, by their ids, of which a document does not say since when they count: nobody could see whether they are ended. */
export function undated(
  records: ReadonlyMap<string, DataRecord>,
  since: HeldSince<never>,
): readonly string[] {
  const ending = [...records.values()].filter(({ retention }) => "for" in retention);
  return [...new Set(ending.map(({ id }) => id))].filter((id) => since[id] === undefined);
}
