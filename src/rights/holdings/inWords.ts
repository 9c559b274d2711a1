import type { Answer } from "../../chat/command.ts";
import type { View } from "../../kernel/errors.ts";
import type { DataRecord, Retention } from "../../privacy/record.ts";

/** What records of the data map say to people. */

/** The record's own template, with its duration as `days`, `months` or `minutes`. */
export function inWords({ id, retention }: DataRecord): Answer {
  return { template: `kept/${id}`, view: "for" in retention ? retention.for : {} };
}

/** What is said of each record, under what the records are about, in the order of their first ones. */
export function byTopic(
  records: readonly DataRecord[],
  line: (record: DataRecord) => View,
): readonly View[] {
  const topics = Map.groupBy(records, ({ facts }) => String(facts.told));
  return [...topics].map(([topic, of]) => ({
    topic: { template: `topics/${topic}`, view: {} },
    lines: of.map(line),
  }));
}

/** What ends the keeping of it, one sentence after the other. Lengths of time are in the record's own. */
export function endsOf(retention: Retention): readonly View[] {
  const ends = "until" in retention ? retention.until : "for" in retention ? retention.orUntil : [];
  return (ends ?? []).map((end, index) => ({
    more: index > 0,
    end: { template: `ends/${end}`, view: {} },
  }));
}
