import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import type { View } from "../../kernel/errors.ts";
import { byTopic, endsOf, inWords } from "../../rights/holdings/inWords.ts";
import type { DataRecord } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { counter } from "../../rights/holdings/counts.ts";
import type { Holding } from "../../rights/holdings/holding.ts";
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
      privately(deps, request, { here: where === "here" }, async () =>
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

function factsOf(record: DataRecord): View {
  return {
    what: inWords(record),
    ends: endsOf(record.retention),
    seenBy: { template: `recipients/${record.facts.recipients}`, view: {} },
  };
}
