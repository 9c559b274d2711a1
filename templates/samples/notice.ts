import type { View } from "../../src/kernel/errors.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { Secret } from "../../src/config/secret.ts";
import { Notice, titleOf } from "../../src/notice/notice.ts";
import { SECTIONS, type Section } from "../../src/notice/sections.ts";
import type { NoticeConfig } from "../../src/notice/view.ts";

const OPERATOR: NoticeConfig["operator"] = {
  legalName: "Example Association",
  tradingName: "Example",
  affiliates: ["Example France", "Example Italy"],
  agents: ["Example Help Desk"],
  controller: {
    name: "Example Association",
    address: "1 Example Road, Exampleton",
    contact: "privacy@example.org",
  },
  successors: [{ name: "Example Foundation", contact: "hello@example.net", from: "2027-01-01" }],
  contacts: {
    support: "help@example.org",
    dpo: "privacy@example.org",
    complaints: "complaints@example.org",
    security: "security@example.org",
  },
  noticeUrl: "https://example.org/privacy",
};

const WATCHED = { admin: { url: "http://127.0.0.1:8008", token: new Secret("token") } };

/** An operator who says everything that the notice has a place for. */
export const WHOLE: NoticeConfig = {
  mode: "production",
  synapse: WATCHED,
  retention: { unusedMonths: 12, unusedCredentialDays: 90 },
  minimumAge: 16,
  operator: OPERATOR,
  notice: {
    supervisoryAuthority: {
      name: "Example Authority",
      url: "https://authority.example.org/complaints",
      guidanceUrl: "https://authority.example.org/rights",
    },
    homeserver: {
      name: "example.org",
      federated: true,
      policyUrl: "https://example.org/homeserver",
    },
    hosting: [
      { name: "Example Hosting", location: "Iceland", policy: "https://hosting.example.org" },
      { name: "Example Disks", location: "Malta", policy: "https://disks.example.org" },
    ],
    ddosProvider: { name: "Example Shield", policy: "https://shield.example.org" },
    safeguards: [{ statement: "All disks are encrypted.", attestedOn: "2026-11-01" }],
    delegation: [{ name: "Example Manager", policy: "https://manager.example.org" }],
    transfers: "None of these is outside the EU and the countries it trusts.",
    backupDays: 30,
    instances: [
      { name: "Usher", userId: "@usher:example.org" },
      { name: "Porter", userId: "@porter:example.org" },
    ],
    coveredDomains: ["example.org", "*.example.org"],
    reviewedBy: "Example Law Office",
    reviewedOn: "2026-11-02",
  },
};

/** One who says nothing, as in trial mode, and whose homeserver stands alone. */
export const NOTHING: NoticeConfig = {
  mode: "trial",
  synapse: {},
  retention: { unusedMonths: 0, unusedCredentialDays: 90 },
  minimumAge: 16,
  operator: {
    legalName: undefined,
    tradingName: undefined,
    affiliates: [],
    agents: [],
    controller: { name: undefined, address: undefined, contact: undefined },
    successors: [],
    contacts: { support: undefined, dpo: undefined, complaints: undefined, security: undefined },
    noticeUrl: undefined,
  },
  notice: {
    supervisoryAuthority: { name: undefined, url: undefined, guidanceUrl: undefined },
    homeserver: { name: "example.org", federated: false, policyUrl: undefined },
    hosting: [],
    safeguards: [],
    delegation: [],
    instances: [{ name: "Usher", userId: "@usher:example.org" }],
    coveredDomains: [],
  },
};

/** One who says a part of it. */
const PART: NoticeConfig = {
  ...NOTHING,
  operator: {
    ...NOTHING.operator,
    controller: { name: "Example Association", address: undefined, contact: undefined },
    contacts: { ...OPERATOR.contacts, dpo: undefined },
  },
  notice: {
    ...NOTHING.notice,
    homeserver: { name: "example.org", federated: undefined, policyUrl: undefined },
    supervisoryAuthority: { name: "Example Authority", url: undefined, guidanceUrl: undefined },
    reviewedBy: "Example Law Office",
  },
};

const kind = {
  homeserver: { template: "layer/none", view: {} },
  manager: { template: "layer/none", view: {} },
  integration: "none",
  "third-party": { template: "layer/none", view: {} },
} as const;
const kinds = [
  { plural: "widgets", layers: kind },
  { plural: "bots", layers: kind },
  { plural: "bridges", layers: kind },
];
const views = [WHOLE, NOTHING, PART].map(
  (config, index) =>
    new Notice({ config, canEncrypt: index === 0, keysStay: index === 1, kinds }).facts,
);
const templates = loadTemplates();

/** Of a view what the template asks for, itself or by another that it always puts in. */
function asked(name: string, view: View): View {
  const source = templates.get(name) ?? "";
  const names = [...source.matchAll(/\{\{([#^]?)([\w-]+)/g)].map(([, , one = ""]) => one);
  const within = [...source.matchAll(/\{\{>([\w/-]+)\}\}/g)].map(([, one = ""]) =>
    asked(one, view),
  );
  return Object.assign(
    Object.fromEntries(Object.entries(view).filter(([key]) => names.includes(key))),
    ...within,
  ) as View;
}

const which = { version: 2, day: "2026-11-29" };
const RECORD = {
  id: "D7",
  title: "Widget set-up",
  purpose: "list and remove what was added",
  basis: "legitimate interest",
  necessity: "only this says who asked",
  layer: "manager",
  seenBy: "the people in the room, where they ask",
  kept: "until it is removed through Usher",
  inExport: "in full",
  onErasure: "deleted",
};
const HASH = "0d6f0d6f0d6f0d6f";
const lines = [
  { more: false, changed: "It says how to reach a person." },
  { more: true, changed: "It is shorter." },
];
const parts = [false, true].map((more) => ({
  more,
  part: { template: "notice-part/kept", view: {} },
}));
const section = { title: titleOf("who"), text: { template: "layer/none", view: {} } };
const WHO = { template: "notice/section", view: section };

/** The section itself, its title, and the help of its command where it has one. */
function samplesOf(name: Section): readonly (readonly [name: string, views: readonly View[]])[] {
  const help = `help/privacy-${name}`;
  return [
    [`notice/${name}`, views.map((view) => asked(`notice/${name}`, view))],
    [`notice/titles/${name}`, [{}]],
    ...(templates.has(help) ? [[help, [{}]] as const] : []),
  ];
}

/** The privacy notice, for operators who say all, nothing and a part. */
/** A line of `privacy retention`. */
const KEPT = {
  what: { template: "kept/D7-undo", view: { days: 30 } },
  shorter: undefined,
  hushed: false,
  none: false,
  inDays: false,
  days: 0,
  inHours: false,
  hours: 0,
  fresh: false,
  failed: false,
  lastGood: undefined,
};

export const NOTICE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries(SECTIONS.flatMap(samplesOf)),
  "notice/section": [section],
  "notice/whole": [{ sections: [WHO] }],
  "layer/none": [{}],
  "help/privacy-notice": [{}],
  "help/privacy-sharing": [{}],
  "privacy/contents": [
    { ...which, messages: 2, sections: [{ name: "who", title: titleOf("who") }] },
  ],
  "privacy/sharing": [
    {
      section: WHO,
      entries: [
        { name: "Example board", who: "Example Ltd", policy: "https://example.com/privacy" },
      ],
    },
    { section: WHO, entries: [] },
  ],
  "notice-link": [{ noticeUrl: "https://example.org/privacy" }, { noticeUrl: undefined }],
  "privacy/notice": [{ ...which, whole: { template: "notice/whole", view: { sections: [WHO] } } }],
  "privacy/version": [
    {
      ...which,
      sha256: HASH.repeat(4),
      paragraphs: [
        { lines: [{ more: false, line: "Who answers for your data" }] },
        { lines: [{ more: true, line: "Example Association answers for your data." }] },
      ],
    },
  ],
  "privacy/retention-none": [{}],
  "privacy/unused": [
    { since: "2026-01-31", months: 12, goes: "2027-01-31", last: false },
    { since: undefined, months: 12, goes: "2027-01-31", last: true },
  ],
  "privacy/retention": [
    {
      at: "2026-11-29 05:59",
      well: true,
      file: undefined,
      lines: [
        { ...KEPT, inDays: true, days: 3 },
        { ...KEPT, inDays: true, days: 1, shorter: "7 days" },
        { ...KEPT, inHours: true, hours: 5 },
        { ...KEPT, inHours: true, hours: 1 },
        { ...KEPT, fresh: true },
        { ...KEPT, none: true },
        { ...KEPT, none: true, hushed: true },
      ],
    },
    {
      at: "2026-11-29 05:59",
      well: false,
      file: "usher-retention-2026-11-29.png",
      lines: [
        { ...KEPT, inDays: true, days: 31, failed: true, lastGood: "2026-11-28 04:59" },
        { ...KEPT, inDays: true, days: 31, failed: true },
      ],
    },
  ],
  "privacy/history": [
    {
      ...{ unknown: 99, version: 3 },
      editions: [
        { ...which, version: 3, hash: HASH, first: false, wordings: lines, parts },
        { ...which, hash: HASH, first: false, wordings: [], parts },
        { ...which, version: 1, hash: HASH, first: true, wordings: [], parts: [] },
      ],
    },
  ],
  "privacy/announced": [
    {
      ...which,
      parts,
      wordings: lines,
      successors: OPERATOR.successors.map((one) => ({ ...one })),
    },
    { ...which, parts: [], wordings: [], successors: [] },
  ],
  "error/controller-unannounced": ["Example Foundation", undefined].map((controller) => ({
    before: "Example Association",
    controller,
  })),
  ...Object.fromEntries(
    [...templates.keys()]
      .filter((name) => name.startsWith("notice-part/"))
      .map((name) => [name, [{}]]),
  ),
  "help/privacy-history": [{}],
  "help/admin-article30": [{}],
  "admin/article30": [{ file: "usher-article-30-2026-11-29.md", count: 24 }],
  "article30/document": views.map((view) => ({
    ...asked("article30/document", view),
    ...which,
    records: [RECORD],
  })),
  privacy: views.flatMap((view, index) =>
    [0, 12].map((total) => ({
      ...asked("privacy", view),
      ...which,
      counted: index < 2,
      total,
    })),
  ),
};
