import type { View } from "../../src/kernel/errors.ts";

const id = "3f9c0a51e27b";
const what = "privacy complain";
const words = ["open", "answered", "refused", "withdrawn", "forgotten"];
const replies = ["answer", "refusal", "extension"];
const named = (name: string): View => ({ template: `case/${name}`, view: {} });
const lines = [
  { more: false, line: "Nobody answered me." },
  { more: true, line: "I asked in March." },
];
const days = { came: "2026-11-29", due: "2026-12-30" };

const ROUTE = {
  authority: "Example Authority",
  authorityUrl: "https://authority.example.org/complaints",
  guidanceUrl: "https://authority.example.org/rights",
};
const NO_ROUTE = { authority: undefined, authorityUrl: undefined, guidanceUrl: undefined };

/** What operators are told of, but for cases. */
const no = { isErasure: false, byHand: false, over: false };
const erasure = { isCase: false, isErasure: true, byHand: false, over: false };
const byHand = { isCase: false, isErasure: false, byHand: true, over: false };
const hand = {
  names: [
    { more: false, name: "Poll bot" },
    { more: true, name: "Team pad" },
  ],
  due: days.due,
};

const open = {
  ...{ id, what, ...days, lines, elsewhere: true },
  ...{ open: true, extended: true, state: named("open"), on: undefined },
  replies: [{ is: named("extension"), lines, said: false }],
};
const answered = {
  ...{
    ...open,
    open: false,
    elsewhere: false,
    extended: false,
    state: named("answered"),
    on: "2026-12-02",
  },
  replies: [{ is: named("answer"), lines, said: true }],
};

const restrictions = [
  { since: "2026-11-29", what: undefined, room: undefined, case: undefined },
  { since: "2026-11-29", what: "widgets", room: undefined, case: id },
  { since: "2026-11-29", what: undefined, room: "!abc:example.org", case: id },
];

/** What people write to the operators, and what becomes of it. */
export const CASE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries([...words, ...replies].map((name) => [`case/${name}`, [{}]])),
  "case/lines": [{ lines }],
  "privacy/case-open": [true, false].map((elsewhere) => ({ id, due: days.due, elsewhere })),
  "privacy/case-withdrawn": [{ id }],
  "privacy/case-reply": [
    { id, what, came: days.came, is: named("answer"), lines, due: undefined, ...ROUTE },
    { id, what, came: days.came, is: named("extension"), lines, due: "2027-02-28", ...NO_ROUTE },
  ],
  "privacy/case-reply-waits": [{ id }],
  "privacy/case-entered": [
    { id, what, ...days, lines, itself: undefined },
    { id, what: "privacy erase", ...days, lines, itself: "privacy erase" },
  ],
  "operators/many-cases": [{ count: 1 }, { count: 22 }],
  "privacy/complain-route": [ROUTE, NO_ROUTE],
  "privacy/status": [
    {
      erasure: { template: "privacy/erase-none", view: {} },
      hand: [hand],
      files: [{ made: "2026-11-29 09:30", until: "2026-12-02 09:30" }],
      cases: [open, answered],
      restrictions,
      ...ROUTE,
    },
    {
      restrictions: [],
      hand: [],
      erasure: { template: "privacy/erase-none", view: {} },
      files: [],
      cases: [],
      ...NO_ROUTE,
    },
  ],
  "admin/cases": [
    { count: 0, more: 0, next: 21, cases: [] },
    {
      ...{ count: 1, more: 0, next: 21 },
      cases: [{ id, what, ...days, extended: false, overdue: true, byHand: false }],
    },
    {
      ...{ count: 22, more: 2, next: 21 },
      cases: [
        { id, what, ...days, extended: true, overdue: false, byHand: false },
        { id, what, ...days, extended: false, overdue: false, byHand: true },
      ],
    },
  ],
  "admin/case": [
    { ...open, person: "@ada:example.org" },
    { ...answered, person: undefined },
  ],
  "admin/case-replied": [
    { id, state: named("answered"), due: undefined, told: true },
    { id, state: named("open"), due: "2027-02-28", told: false },
  ],
  "operators/waiting": [
    { id, what, due: days.due, day: 0, isNew: true, last: false, isCase: true, ...no },
    { id, what, due: days.due, day: 20, isNew: false, last: false, isCase: true, ...no },
    { id, what, due: days.due, day: 28, isNew: false, last: true, isCase: true, ...no },
    { id, what, due: days.due, day: 40, isNew: false, last: true, isCase: true, ...no, over: true },
    { id, what, due: days.due, day: 7, isNew: false, last: false, ...erasure },
    { id, what, due: days.due, day: 40, isNew: false, last: true, ...erasure, over: true },
    { id, what, due: days.due, day: 0, isNew: true, last: false, ...byHand },
    { id, what, due: days.due, day: 28, isNew: false, last: true, ...byHand },
    { id, what, due: days.due, day: 40, isNew: false, last: true, ...byHand, over: true },
  ],
  "error/case-word": [
    { id, byHand: true },
    { id, byHand: false },
  ],
  "admin/hand-work": [
    {
      ...{ id, person: "@ada:example.org", ...days },
      things: [{ kind: "bot", name: "Poll bot", room: "!abc:example.org" }],
    },
  ],
  "admin/hand-done": [
    { id, verified: true },
    { id, verified: false },
  ],
  "privacy/hand": [hand],
  "privacy/hand-done": [
    { receipt: id, lines, verified: true, ...ROUTE },
    { receipt: id, lines, verified: false, ...NO_ROUTE },
  ],
  "admin/case-add-preview": [
    {
      user: "@ada:example.org",
      what: "export",
      received: "2026-11-20",
      due: days.due,
      over: false,
    },
    {
      user: "@ada:example.org",
      what: "human",
      received: "2020-01-01",
      due: "2020-02-01",
      over: true,
    },
  ],
  "admin/case-added": [{ id, user: "@ada:example.org", due: days.due }],
  "error/user-self": [{ user: "@usher:example.org" }],
  "error/user-erased": [{}],
  "error/case-day": [{ received: "2026-12-24", today: "2026-11-29" }],
  "help/admin-case-add": [{}],
  "error/cases-enough": [{ dpo: undefined, support: undefined }],
  "error/case-unknown": [
    { id, operator: false },
    { id, operator: true },
  ],
  "error/case-closed": [
    { state: named("answered"), on: "2026-12-02" },
    { state: named("forgotten"), on: undefined },
  ],
  "error/case-own": [{}],
  "error/case-extended": [{ due: "2027-02-28" }],
  "error/case-late": [{ due: "2026-12-30" }],
  "error/case-text-missing": [{ words: what }],
  "error/case-text-long": [{ length: 5_120, most: 4_000 }],
  "help/privacy-human": [{}],
  "help/privacy-complain": [{}],
  "help/privacy-feedback": [{}],
  "help/admin-cases": [{}],
  "help/admin-case": [{}],
};
