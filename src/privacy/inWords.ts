import { durationInWords } from "./duration.ts";
import type { DataRecord } from "./record.ts";
import { ENDS, IN_EXPORT, ON_ERASURE, RECIPIENTS, type End } from "./terms.ts";

/** What a record of the data map says, in the words of docs/data-map.md and of an export. */

/** How long it is kept, with its note; "30 days, or until it is removed through Usher". */
export function keptInWords({ facts }: DataRecord): string {
  return withNote(retentionOf(facts.retention), facts.notes?.retention);
}

/** What an export holds of it, with its note. */
export function inExportInWords({ facts }: DataRecord): string {
  return withNote(IN_EXPORT[facts.inExport], facts.notes?.inExport);
}

/** What becomes of it when a person is erased, with its note. */
export function onErasureInWords({ facts }: DataRecord): string {
  return withNote(ON_ERASURE[facts.onErasure], facts.notes?.onErasure);
}

/** Who gets to see it. */
export function seenByInWords({ facts }: DataRecord): string {
  return RECIPIENTS[facts.recipients];
}

function retentionOf(retention: DataRecord["facts"]["retention"]): string {
  if ("until" in retention) return ends(retention.until);
  if ("for" in retention) {
    const first = retention.orUntil === undefined ? "" : `, or ${ends(retention.orUntil)}`;
    return durationInWords(retention.for) + first;
  }
  return "by the homeserver, under its own policy";
}

function ends(all: readonly End[]): string {
  return `until ${all.map((end) => ENDS[end]).join(", or until ")}`;
}

function withNote(words: string, note: string | undefined): string {
  return note === undefined ? words : `${words}: ${note}`;
}
