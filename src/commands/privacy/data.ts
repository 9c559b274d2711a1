import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import type { View } from "../../kernel/errors.ts";
import type { DataRecord, Retention } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { counter } from "../../rights/counts.ts";
import type { Holding } from "../../rights/holding.ts";
import { inWords } from "./privacy.ts";
import { asksFor } from "./ownWords.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";

export interface PrivacyDataDeps extends PrivatelyDeps {
  readonly holdings: readonly Holding[];
}

/** `privacy data [here]`: how much of what is kept about who asks, each kind of data with its count (R34; GDPR article 15(1)). */
export function privacyData(deps: PrivacyDataDeps): Command {
  const counts = counter(deps.holdings);
  return defineCommand({
    words: "privacy data",
    askedFreely: asksFor("data"),
    parameters: { where: optional(word("here", ["here"])) },
    signedDevice: true,
    example: "privacy data",
    changes: false,
    answer: ({ where }, request) =>
      privately(deps, request, where === "here", async () =>
        whatIsHeld(allRecords(), await counts(request.person)),
      ),
  });
}

/** Every record that is about people, with how much there is of it; of what nobody can count, where it lies. */
export function whatIsHeld(
  records: readonly DataRecord[],
  counts: ReadonlyMap<DataRecord, number>,
): Answer {
  const personal = records.filter(({ facts }) => facts.basis !== "no personal data");
  const counted = personal.filter((record) => counts.has(record));
  const elsewhere = personal.filter((record) => !counts.has(record));
  return {
    template: "privacy/data",
    view: {
      total: counted.reduce((sum, record) => sum + (counts.get(record) ?? 0), 0),
      counted: byTopic(counted, (record) => ({
        ...factsOf(record),
        count: counts.get(record) ?? 0,
      })),
      elsewhere: byTopic(elsewhere, factsOf),
    },
  };
}

/** What is said of each record, under what the records are about, in the order of their first ones. */
function byTopic(
  records: readonly DataRecord[],
  line: (record: DataRecord) => View,
): readonly View[] {
  const topics = Map.groupBy(records, ({ facts }) => String(facts.told));
  return [...topics].map(([topic, of]) => ({
    topic: { template: `topics/${topic}`, view: {} },
    lines: of.map(line),
  }));
}

function factsOf(record: DataRecord): View {
  return {
    what: inWords(record),
    ends: endsOf(record.retention),
    seenBy: { template: `recipients/${record.facts.recipients}`, view: {} },
  };
}

/** What ends the keeping of it, one sentence after the other. Lengths of time are in the record's own. */
export function endsOf(retention: Retention): readonly View[] {
  const ends = "until" in retention ? retention.until : "for" in retention ? retention.orUntil : [];
  return (ends ?? []).map((end, index) => ({
    more: index > 0,
    end: { template: `ends/${end}`, view: {} },
  }));
}
