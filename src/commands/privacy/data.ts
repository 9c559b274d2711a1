import { word } from "../../chat/arguments.ts";
import { defineCommand, optional, type Answer, type Command } from "../../chat/command.ts";
import type { DataRecord, Retention } from "../../privacy/record.ts";
import { allRecords } from "../../privacy/records/index.ts";
import { countsAbout } from "../../rights/counts.ts";
import type { Holding } from "../../rights/holding.ts";
import { inWords } from "./privacy.ts";
import { asksFor } from "./ownWords.ts";
import { privately, type PrivatelyDeps } from "./privately.ts";

export interface PrivacyDataDeps extends PrivatelyDeps {
  readonly holdings: readonly Holding[];
}

/** `privacy data [here]`: how much of what is kept about who asks, each kind of data with its count (R34; GDPR article 15(1)). */
export function privacyData(deps: PrivacyDataDeps): Command {
  return defineCommand({
    words: "privacy data",
    askedFreely: asksFor("data"),
    parameters: { where: optional(word("here", ["here"])) },
    signedDevice: true,
    example: "privacy data",
    changes: false,
    answer: ({ where }, request) =>
      privately(deps, request, where === "here", async () =>
        whatIsHeld(allRecords(), await countsAbout(request.person, deps.holdings)),
      ),
  });
}

/** Every record that is about people, with how much there is of it; of what nobody can count, where it lies. */
export function whatIsHeld(
  records: readonly DataRecord[],
  counts: ReadonlyMap<DataRecord, number>,
): Answer {
  const personal = records.filter(({ facts }) => facts.basis !== "no personal data");
  const lines = personal.map((record) => ({
    what: inWords(record),
    ends: endsOf(record.retention).map((end, index) => ({ more: index > 0, end })),
    seenBy: { template: `recipients/${record.facts.recipients}`, view: {} },
    counted: counts.get(record) !== undefined,
    count: counts.get(record) ?? 0,
  }));
  const counted = lines.filter((line) => line.counted);
  return {
    template: "privacy/data",
    view: {
      total: counted.reduce((sum, { count }) => sum + count, 0),
      counted: counted.map(({ counted: _, ...line }) => line),
      elsewhere: lines
        .filter((line) => !line.counted)
        .map(({ what, seenBy, ends }) => ({ what, seenBy, ends })),
    },
  };
}

/** What ends the keeping of it, as sentences. Lengths of time are in the record's own. */
export function endsOf(retention: Retention): readonly Answer[] {
  const ends = "until" in retention ? retention.until : "for" in retention ? retention.orUntil : [];
  return (ends ?? []).map((end) => ({ template: `ends/${end}`, view: {} }));
}
