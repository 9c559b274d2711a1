import { inWords } from "../../src/rights/holdings/inWords.ts";
import { fatesView } from "../../src/commands/privacy/erasureView.ts";
import { whatIsHeld } from "../../src/commands/privacy/data.ts";
import type { View } from "../../src/kernel/errors.ts";
import { allRecords } from "../../src/privacy/records/index.ts";

const toldOf = allRecords()
  .filter(({ facts }) => facts.told !== undefined)
  .map((record) => inWords(record));
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

const began = [
  { record: "D7-undo", is: "erased" as const, count: 3 },
  { record: "D2", is: "nameless" as const, count: 2 },
  { record: "D28-settings", is: "kept" as const, count: 1 },
  { record: "D3-by-hand", is: "by-hand" as const, count: 1 },
];
const authority = {
  authority: "Example Authority",
  authorityUrl: "https://authority.example.org/complaints",
};
const noAuthority = { authority: undefined, authorityUrl: undefined };
const officer = { dpo: "privacy@example.org" };
const scopes = [
  { all: true, kind: undefined, item: undefined, inRoom: undefined },
  { all: false, kind: "bots", item: undefined, inRoom: undefined },
  { all: false, kind: undefined, item: "pad-7k2m4q", inRoom: "!abc:example.org" },
];
const fates = { ...fatesView(began), ...officer, ...authority };
const somethingLeft = [{ count: 1, what: { template: "kept/D7-undo", view: { days: 30 } } }];
const nothingErased = { ...fatesView([]), dpo: undefined, support: undefined, ...noAuthority };

const keeps = [{ template: "bridge-keeps/heisenbridge", view: {} }];
const end = { template: "ends/room-left", view: {} };
const seenBy = { template: "recipients/nobody", view: {} };
const exported = {
  purpose: "undo the last change",
  legalBasis: "legitimate interest",
  necessity: "a change can be taken back only by who knows what was there",
  kept: "30 days",
  seenBy: "the people in the room, where they ask",
  inExport: "in full",
  counted: true,
  tooLarge: 0,
  parts: undefined,
  dpo: "privacy@example.org",
};

const overLimit = { kibibytes: 120_000, most: 100, files: 100 };

const whole = { number: 1, parts: undefined };

/** Files that are sent: whether the chat is encrypted, and whether Usher can have them deleted. */
const beingSent = [
  [true, false],
  [false, false],
  [true, true],
  [false, true],
].map(([sealed = false, deletes = false]) => ({
  sealed,
  deletes,
  file: "usher-data-2026-11-29.zip",
  hours: 72,
  until: "2026-12-02 06:45",
  tooLarge: 0,
  ...officer,
}));

const toCorrect = [
  { id: "pad-7k2m4q", room: "!abc:example.org", fields: [{ field: "name", value: "Pad" }] },
];
const hand = { names: [{ more: false, name: "Poll bot" }], due: "2026-12-30" };
const undecided = [
  { more: false, id: "3f9c0a51e27b" },
  { more: true, id: "8ee76c6c2cf7" },
];
const thanks = { template: "thanks", view: {} };

/** What people are told is kept, and each record that they are told of with the duration it has. */
export const PRIVACY_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries(toldOf.map(({ template, view }) => [template, [view]])),
  ...Object.fromEntries(namesIn(held, /^(?:ends|recipients|topics)\//).map((name) => [name, [{}]])),
  ...Object.fromEntries(namesIn(fates, /^on-erasure\//).map((name) => [name, [{}]])),
  "privacy/fates": [fates, nothingErased],
  "privacy/would-erase": scopes.map((scope, index) => ({
    ...{ ...scope, word: "rabosutilika", now: index === 0 },
    ...{ slowed: index === 1, bound: index !== 1, ...fates },
    keeps: index === 0 ? keeps : [],
  })),
  "privacy/erase-which": [
    { several: true, nearest: undefined, more: 0 },
    { several: false, nearest: "pad-7k2m4q", more: 3 },
  ]
    .map((how) => ({
      ...{ ...how, said: "pad-7k2m4r" },
      things: [
        { id: "pad-7k2m4q", name: "Team pad", room: "!abc:example.org" },
        { id: "jitsi-2", name: undefined, room: "!abc:example.org" },
      ],
    }))
    .concat([{ several: false, nearest: undefined, more: 0, said: "pad", things: [] }]),
  "privacy/added-in-grace": [{ until: "2026-12-02 09:30" }],
  "privacy/erase-elsewhere": [{ until: "2026-12-02 09:30" }, { until: undefined }],
  "privacy/export-elsewhere": [{}],
  "privacy/not-you": [{}],
  "error/erasure-other-device": [{}],
  "privacy/correctable": [
    { nameless: false, unknown: undefined, several: false, things: toCorrect, more: 0 },
    { nameless: false, unknown: "pad", several: false, things: toCorrect, more: 3 },
    { nameless: false, unknown: undefined, several: true, things: toCorrect, more: 0 },
    { nameless: false, unknown: undefined, several: false, things: [], more: 0 },
    { nameless: true, unknown: undefined, several: false, things: toCorrect, more: 0 },
  ],
  "privacy/correct-preview": [{ room: "!abc:example.org", what: thanks }],
  "privacy/corrected": [{ room: "!abc:example.org", what: thanks }],
  "error/correct-elsewhere": [{ room: "!abc:example.org", id: "pad-7k2m4q" }],
  "help/privacy-correct": [{}],
  "privacy/restricted": [{}],
  "privacy/resumed": [{ cases: [] }, { cases: undecided }],
  "privacy/not-restricted": [{ cases: [] }, { cases: undecided }],
  "privacy/restrictions": [
    {
      restrictions: [
        { since: "2026-11-29", what: undefined, room: undefined, case: undefined },
        { since: "2026-11-29", what: "bots", room: "!abc:example.org", case: "3f9c0a51e27b" },
      ],
    },
  ],
  "privacy/objected": [
    ...[
      { what: "all", all: true, thing: false, near: undefined },
      { what: "widgets", all: false, thing: false, near: undefined },
      { what: "pad-7k2m4q", all: false, thing: true, near: undefined },
      { what: "note-7k2m4q", all: false, thing: true, near: "notes" },
    ].map((one) => ({ ...one, id: "3f9c0a51e27b", due: "2026-12-30" })),
  ],
  "error/object-unknown": [
    { said: "pad-7k2m4r", nearest: "pad-7k2m4q", choices: ["all", "widgets"] },
    { said: "pad", nearest: undefined, choices: ["all", "widgets"] },
  ],
  "error/erasure-word-waits": [{}],
  "error/erasure-enough": [{ after: "2026-11-30 09:31", dpo: undefined, support: undefined }],
  "privacy/objected-already": [{ case: "3f9c0a51e27b" }],
  "privacy/erase-begins": [{}],
  "privacy/scope": scopes,
  "privacy/erase-cooling": scopes.map((scope) => ({ ...scope, until: "2026-12-02 09:30" })),
  "privacy/erase-one-at-a-time": [true, false].map((cooling) => ({ cooling, erasure: thanks })),
  "privacy/erase-partial": [{ until: "2026-12-02 09:30" }],
  "privacy/erase-asked": scopes,
  "privacy/erase-none": [{}],
  "privacy/erase-cancelled": [{}],
  "privacy/erased": [[], somethingLeft].map((left, index) => ({
    hand: index === 0 ? undefined : hand,
    receipt: "3f9c0a51e27b",
    secret: "0d6f0d6f0d6f0d6f0d6f0d6f0d6f0d6f",
    left,
    copies: index === 0 ? undefined : "2026-12-30",
    keeps: index === 0 ? keeps : [],
    ...fates,
  })),
  "privacy/erased-at-last": [
    { receipt: "3f9c0a51e27b", hand: undefined },
    { receipt: "3f9c0a51e27b", hand },
  ],
  "privacy/receipt": [
    {
      ...{ receipt: "3f9c0a51e27b", on: "2026-12-02 09:30", verified: true, left: [], ...fates },
      copies: "2026-12-30",
    },
    {
      receipt: "3f9c0a51e27b",
      on: "2026-12-02 09:30",
      verified: false,
      left: somethingLeft,
      copies: undefined,
      ...fates,
    },
  ],
  "error/erasure-none": [{}],
  "error/erasure-expired": [{}],
  "error/erasure-word-wrong": [{ left: 2 }],
  "error/erasure-word-spent": [{}],
  "error/erasure-begun": [{}],
  "error/receipt-unknown": [{}],
  "help/confirm": [{}],
  "help/privacy-erase": [{}],
  "help/privacy-erase-room": [{}],
  "help/privacy-restrict": [{}],
  "help/privacy-resume": [{}],
  "help/privacy-object": [{}],
  "help/privacy-object-room": [{}],
  "help/privacy-status": [{}],
  "help/privacy-cancel": [{}],
  "help/privacy-receipt": [{}],
  "privacy/sent": [
    { clear: true, unreadable: false, done: false },
    { clear: false, unreadable: false, done: false },
    { clear: false, unreadable: true, done: false },
    { clear: false, unreadable: true, done: true },
  ],
  "privacy/offer-here": [{}],
  "privacy/export": beingSent,
  "privacy/exports": [
    ...beingSent.map((sent) => ({ ...sent, files: 3 })),
    { ...beingSent[0], files: 2, tooLarge: 2 },
  ],
  "privacy/export-left-out": [
    { tooLarge: 1, dpo: "privacy@example.org", support: undefined },
    { tooLarge: 2, dpo: undefined, support: "help@example.org" },
  ],
  "privacy/export-given-up": [{}],
  "error/export-unsent": [{ until: "2026-11-30 06:45" }],
  "error/export-enough": [
    { after: "2026-11-29 10:31", failed: false },
    { after: "2026-11-29 10:31", failed: true },
  ],
  "error/export-running": [{}],
  "error/export-disk-full": [
    { dpo: "privacy@example.org", support: undefined },
    { dpo: undefined, support: "help@example.org" },
    { dpo: undefined, support: undefined },
  ],
  "error/export-too-large": [
    { ...overLimit, dpo: "privacy@example.org", support: undefined },
    { ...overLimit, dpo: undefined, support: "help@example.org" },
    { ...overLimit, dpo: undefined, support: undefined },
  ],
  "privacy/authority": [authority, { ...authority, authorityUrl: undefined }, noAuthority],
  "privacy/write-to": [
    { dpo: "privacy@example.org", support: "help@example.org" },
    { dpo: undefined, support: "help@example.org" },
    { dpo: undefined, support: undefined },
  ],
  "privacy/export-title": [{ person: "@ada:example.org" }],
  ...{
    "privacy/export-there": [{}],
    "privacy/export-uncounted": [{}],
    "privacy/export-none": [{}],
  },
  "privacy/export-intro": [
    ...[12, 0].map((total) => ({ ...whole, total, made: "2026-11-29 06:45" })),
    { total: 12, made: "2026-11-29 06:45", number: 2, parts: 3 },
  ],
  "privacy/export-category": [
    { ...exported, csv: "D7-undo.csv", count: 3, here: 3 },
    { ...exported, csv: "D7-undo.csv", count: 0, here: 0 },
    { ...exported, parts: 3, csv: "D7-undo.csv", count: 9, here: 3 },
    ...[1, 2].map((tooLarge) => ({
      ...{ ...exported, parts: 3, csv: null, count: 9, here: 0, tooLarge },
    })),
    { ...exported, counted: false, csv: null, count: 0, here: 0 },
  ],
  "privacy/export-more": [{ csv: "D7-undo.csv", left: 1200 }],
  "privacy/export-rights-title": [{}],
  "privacy/export-rights": [
    {
      legalName: "Example Association",
      noticeUrl: "https://example.org/privacy",
      dpo: "privacy@example.org",
      support: "help@example.org",
      ...authority,
    },
    ...["help@example.org", undefined].map((support) => ({
      ...{ legalName: undefined, noticeUrl: undefined, dpo: undefined, support },
      ...noAuthority,
    })),
  ],
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
};
