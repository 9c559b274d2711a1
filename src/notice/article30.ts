import type { Answer } from "../chat/command.ts";
import { dayOf } from "../kernel/days.ts";
import type { View } from "../kernel/errors.ts";
import {
  inExportInWords,
  keptInWords,
  onErasureInWords,
  seenByInWords,
} from "../privacy/inWords.ts";
import type { DataRecord } from "../privacy/record.ts";
import { allRecords } from "../privacy/records/index.ts";

/** Every record that is about people. */
export function personalRecords(): readonly DataRecord[] {
  return allRecords().filter(({ facts }) => facts.basis !== "no personal data");
}

/**
 * The operator's record of processing (GDPR article 30(1)), whose plain text is Markdown. `facts`: what the notice is filled with; `version`: of the
 * notice; `now`: ms since the epoch.
 */
export function article30(facts: View, version: number, now: number): Answer {
  const records = personalRecords().map(recordView);
  return { template: "article30/document", view: { ...facts, version, day: dayOf(now), records } };
}

function recordView(record: DataRecord): View {
  const { id, facts } = record;
  return {
    id,
    title: facts.title,
    purpose: facts.purpose,
    basis: facts.basis,
    necessity: facts.necessity,
    layer: facts.layer,
    seenBy: seenByInWords(record),
    kept: keptInWords(record),
    inExport: inExportInWords(record),
    onErasure: onErasureInWords(record),
  };
}
