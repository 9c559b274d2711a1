import type { View } from "../../src/kernel/errors.ts";

const role = (index: number, name: string): View => ({
  more: index > 0,
  role: { template: `role/${name}`, view: {} },
});
const complaint = {
  ...{ id: "3f9c0a51e27b", came: "2026-11-29", due: "2026-12-30", on: undefined },
  ...{ state: { template: "case/open", view: {} }, overdue: true, late: false },
};
const some = (name: string): View[] => [
  { name, count: 2, more: false },
  { name: "other", count: 1, more: true },
];
const change = (more: View): View => ({
  ...{ name: "Example Foundation", from: "2027-01-01", told: 1, untold: 0, short: undefined },
  ...{ announced: { version: 4, on: "2026-11-29" }, due: false, left: 33, ...more },
});
const chain = { from: "2026-11-02", head: "0d6f".repeat(16) };
const broken = { more: false, at: "2026-11-23 09:30" };

/** What officers are told of their work. */
const whole = { whole: true, wrong: 0, broken: [], lacking: false, missing: [], unnoted: false };
const changed = { ...whole, whole: false, nameless: 0, older: 0 };

const given = {
  ...{ who: "@ada:example.org", untold: false, on: "2026-11-20", recipient: "Court of Bonn" },
  ...{ ground: { template: "ground/law", view: {} }, what: "Her rooms." },
};

export const OFFICER_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "ground/law": [{}],
  "ground/security": [{}],
  "ground/harm": [{}],
  "ground/emergency": [{}],
  "admin/disclosure-preview": [false, true].map((untold) => ({
    ...{ user: "@ada:example.org", recipient: "Court of Bonn", on: "2026-11-20", untold },
    ground: { template: "ground/law", view: {} },
    what: "Her rooms.",
  })),
  "admin/disclosures": [
    { count: 0, of: undefined, more: 0, next: 11, disclosures: [] },
    { count: 0, of: "@ada:example.org", more: 0, next: 11, disclosures: [] },
    {
      count: 12,
      of: undefined,
      more: 2,
      next: 11,
      disclosures: [given, { ...given, who: undefined }],
    },
    {
      ...{ count: 1, of: "@ada:example.org", more: 1, next: 11 },
      disclosures: [{ ...given, untold: true }],
    },
  ],
  "admin/disclosure-added": [false, true].map((untold) => ({ user: "@ada:example.org", untold })),
  "admin/complaints": [
    { count: 0, more: 0, complaints: [] },
    { count: 1, more: 1, complaints: [complaint] },
    {
      ...{ count: 22, more: 2 },
      complaints: [{ ...complaint, on: "2027-01-02", overdue: false, late: true }],
    },
  ],
  "admin/summary": [
    {
      ...{ from: "2026-11-01", to: "2026-11-30", came: 0, kinds: [], ended: 0, late: 0 },
      ...{ open: 0, overdue: 0, erased: 0, partly: 0, looks: [], grounds: [] },
      ...{ head: undefined, broken: false },
    },
    {
      ...{ from: "2026-11-01", to: "2026-11-30", came: 3, kinds: some("privacy human") },
      ...{ ended: 2, late: 1, open: 2, overdue: 1, erased: 1, partly: 1 },
      ...{ looks: some("request"), grounds: some("law"), head: chain.head, broken: true },
    },
  ],
  "admin/controller": [
    { name: undefined, changes: [] },
    {
      name: "Example Ltd",
      changes: [
        change({ announced: undefined, told: 0, untold: 2 }),
        change({ told: 1, short: 1, left: 1 }),
        change({ told: 2, short: 12, left: 0, due: true }),
      ],
    },
  ],
  "help/admin-disclosure-add": [{}],
  "help/admin-disclosures": [{}],
  "help/admin-complaints": [{}],
  "admin/underage-preview": [{ user: "@ada:example.org" }],
  "admin/underage-done": [
    { user: "@ada:example.org", told: true },
    { user: "@ada:example.org", told: false },
  ],
  "admin/underage-told": [{ minimumAge: 16 }],
  "error/underage": [
    { minimumAge: 16, alone: true },
    { minimumAge: 16, alone: false },
  ],
  "help/admin-underage": [{}],
  "help/admin-summary": [{}],
  "help/admin-controller": [{}],
  "role/operator": [{}],
  "role/dpo": [{}],
  "role/support": [{}],
  "error/role-missing": [
    {
      needs: [role(0, "dpo"), role(1, "support")],
      has: [role(0, "operator"), role(1, "support")],
    },
  ],
  "admin/audit-verify": [
    { ...whole, count: 0, nameless: 0, older: 0, head: undefined, from: undefined },
    { ...whole, ...chain, count: 1, nameless: 1, older: 1, unnoted: true },
    { ...whole, ...chain, count: 22, nameless: 2, older: 2 },
    { ...changed, ...chain, count: 1, wrong: 1, broken: [broken] },
    {
      ...{ ...changed, ...chain, count: 22, wrong: 2 },
      ...{ broken: [broken, { ...broken, more: true }] },
      ...{ lacking: true, missing: [broken, { ...broken, more: true }] },
    },
  ],
  "help/admin-audit-verify": [{}],
};
