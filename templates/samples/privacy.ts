import { inWords, whatIsKept } from "../../src/commands/privacy.ts";
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
const nobody = { legalName: undefined, noticeUrl: undefined, trial: true, minimumAge: 16 };

/** What people are told is kept, and each record that they are told of with the duration it has. */
export const PRIVACY_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries(toldOf.map(({ template, view }) => [template, [view]])),
  "kept-item": [true, false].map((more) => ({ more, what: { template: "kept/D2", view: {} } })),
  privacy: [
    { ...kept, ...operator, support: "help@example.org", dpo: "privacy@example.org" },
    { ...kept, ...operator, support: "help@example.org", dpo: undefined },
    { ...kept, ...nobody, support: undefined, dpo: undefined },
  ],
};
