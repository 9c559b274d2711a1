import { inWords, whatIsKept } from "../../src/commands/privacy/privacy.ts";
import { whatIsHeld } from "../../src/commands/privacy/data.ts";
import type { View } from "../../src/kernel/errors.ts";
import { allRecords } from "../../src/privacy/records/index.ts";

const kept = whatIsKept(allRecords()).view;
const toldOf = allRecords()
  .filter(({ facts }) => facts.told !== undefined)
  .map((record) => inWords(record));
const operator = {
  legalName: "Example Association",
  noticeUrl: "https://example.org/privacy",
  trial: false,
  minimumAge: 16,
};
const records = allRecords();
const held = whatIsHeld(records, new Map(records.slice(0, 2).map((record) => [record, 3]))).view;

/** The templates of this name that a view puts in. */
function namesIn(view: View, name: RegExp): readonly string[] {
  const found: string[] = [];
  JSON.stringify(view, (key, value: unknown) => {
    if (key === "template" && typeof value === "string" && name.test(value)) found.push(value);
    return value;
  });
  return found;
}

const end = { template: "ends/room-left", view: {} };
const seenBy = { template: "recipients/nobody", view: {} };
const nobody = { legalName: undefined, noticeUrl: undefined, trial: true, minimumAge: 16 };

/** What people are told is kept, and each record that they are told of with the duration it has. */
export const PRIVACY_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries(toldOf.map(({ template, view }) => [template, [view]])),
  ...Object.fromEntries(namesIn(held, /^(?:ends|recipients)\//).map((name) => [name, [{}]])),
  "kept-item": [true, false].map((more) => ({ more, what: { template: "kept/D2", view: {} } })),
  "privacy/sent": [{ clear: true }, { clear: false }],
  "privacy/data": [
    { ...held, support: "help@example.org", dpo: "privacy@example.org" },
    { ...held, total: 0, support: "help@example.org", dpo: undefined },
    { ...held, support: undefined, dpo: undefined },
  ],
  "privacy/data-facts": [
    {
      ends: [
        { more: false, end },
        { more: true, end },
      ],
      seenBy,
    },
    { ends: [], seenBy },
  ],
  privacy: [
    { ...kept, ...operator, support: "help@example.org", dpo: "privacy@example.org" },
    { ...kept, ...operator, support: "help@example.org", dpo: undefined },
    { ...kept, ...nobody, support: undefined, dpo: undefined },
  ],
};
