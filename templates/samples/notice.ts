import type { View } from "../../src/kernel/errors.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
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

/** An operator who says everything that the notice has a place for. */
const WHOLE: NoticeConfig = {
  mode: "production",
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
const NOTHING: NoticeConfig = {
  mode: "trial",
  minimumAge: 16,
  operator: {
    ...OPERATOR,
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
];
const views = [WHOLE, NOTHING, PART].map(
  (config, index) => new Notice({ config, canEncrypt: index === 0, kinds }).facts,
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

const section = { title: titleOf("who"), text: { template: "layer/none", view: {} } };

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
export const NOTICE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...Object.fromEntries(SECTIONS.flatMap(samplesOf)),
  "notice/section": [section],
  "notice/whole": [{ sections: [{ template: "notice/section", view: section }] }],
  "layer/none": [{}],
  "help/privacy-notice": [{}],
  "help/privacy-sharing": [{}],
  "privacy/contents": [{ sections: [{ name: "who", title: titleOf("who") }] }],
  "privacy/sharing": [
    {
      section: { template: "notice/section", view: section },
      entries: [
        { name: "Example board", who: "Example Ltd", policy: "https://example.com/privacy" },
      ],
    },
    { section: { template: "notice/section", view: section }, entries: [] },
  ],
  privacy: views.flatMap((view, index) =>
    [0, 12].map((total) => ({
      ...asked("privacy", view),
      counted: index < 2,
      total,
    })),
  ),
};
