import type { View } from "../../src/kernel/errors.ts";

const room = "!abc:example.org";
const things = [{ id: "pad-7k2m4q", name: "Team pad", addedBy: "@ada:example.org" }];

/** What operators are told, and what is said when rooms change. */
export const OPERATOR_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "admin/audit": [
    {
      count: 17,
      from: "2026-10-24",
      to: "2026-11-23",
      shown: [
        { at: "2026-11-22 20:15", who: "@olga:example.org", what: "admin leave", about: room },
        { at: "2026-11-23 09:30", who: "@olga:example.org", what: "admin audit", about: undefined },
      ],
      file: "usher-audit-2026-10-24-to-2026-11-23.jsonl",
    },
  ],
  "admin/audit-none": [{ from: "2026-08-01", to: "2026-08-31" }],
  "admin/leave-preview": [
    { room, name: "Lounge", others: 3, things: 2 },
    { room, name: undefined, others: 0, things: 0 },
  ],
  "admin/left": [{ room }],
  "help/admin-identity": [{}],
  "error/identity-other": [{ user: "@ada:example.org" }],
  "admin/identity-same": [{ user: "@ada:example.org" }],
  "admin/identity-accepted": [{ user: "@ada:example.org" }],
  "admin/identity-preview": [
    { user: "@ada:example.org", known: "kU0c…", now: "9Rgq…" },
    { user: "@ada:example.org", known: "kU0c…", now: undefined },
  ],
  "admin/rooms": [
    {
      rooms: [
        {
          room,
          name: "Lounge",
          inviter: "@ada:example.org",
          things: 2,
          replacedBy: "!def:example.org",
        },
      ],
      count: 21,
      page: 1,
      pages: 2,
      next: 2,
    },
    {
      rooms: [{ room, name: undefined, inviter: undefined, things: 0, replacedBy: undefined }],
      count: 1,
      page: 1,
      pages: 1,
      next: undefined,
    },
  ],
  "admin/status": [
    {
      version: "0.1.0",
      since: "3 d 4 h",
      heard: "2 s",
      engine: "wasm",
      verified: true,
      memory: 120,
      rooms: 12,
      things: 3,
      running: 0,
      previews: 1,
      upgrades: 0,
      programs: [{ finding: { template: "doctor/sites", view: { count: 3 } } }],
    },
    {
      version: "0.1.0",
      since: "3 d 4 h",
      heard: "2 s",
      engine: "wasm",
      verified: false,
      memory: 120,
      rooms: 12,
      things: 3,
      running: 0,
      previews: 1,
      upgrades: 0,
      programs: [],
    },
    {
      version: "0.1.0",
      since: "1 s",
      heard: "1 s",
      engine: undefined,
      verified: false,
      memory: 90,
      rooms: 0,
      things: 0,
      running: 0,
      previews: 0,
      upgrades: 0,
      programs: [],
    },
  ],
  "catalogue/changed": [{ id: "jitsi" }],
  "catalogue/list": [
    {
      entries: [
        { id: "jitsi", kind: "widget", name: "Jitsi", off: false, changed: true },
        { id: "poll", kind: "bot", name: "Poll bot", off: true, changed: false },
      ],
    },
  ],
  "catalogue/suggest": [
    {
      found: [
        {
          name: "Telegram",
          found: { template: "bridge-found/by-name", view: { bot: "@telegrambot:example.org" } },
          entry: {
            kind: "bridge",
            id: "telegram",
            fields: '{"name":"Telegram","connector":"bridgev2","prefix":"!tg"}',
          },
        },
        {
          name: "https://example.org/x",
          found: { template: "bridge-found/address", view: {} },
          entry: undefined,
        },
      ],
      any: true,
      more: 2,
    },
    { any: false, found: [], more: undefined },
  ],
  "catalogue/preview": [
    { id: "poll", added: true, reset: false, json: '{"name": "Poll bot"}' },
    { id: "poll", added: false, reset: true, json: "as-configured" },
    { id: "poll", added: false, reset: false, json: '{"name": "Poll bot"}' },
  ],
  "careful-start": [{}],
  "catalogue/switched": [true, false].map((enabled) => ({ id: "jitsi", enabled })),
  "deed/move": [{}],
  "error/account-unreadable": [
    {
      dir: "/srv/usher/data",
      file: "/srv/usher/data/quarantine/2026-11-23T12-30-00-000Z-account-0f.json",
    },
  ],
  "error/catalogue-exists": [{ id: "poll" }],
  "error/catalogue-invalid": [
    { id: "poll", problems: ["poll.user: must be a Matrix ID such as @name:example.org."] },
  ],
  "error/catalogue-not-json": [{}],
  "error/catalogue-unknown": [{ id: "pol" }],
  "error/file-too-large": [
    { name: "usher-audit-2025-11-23-to-2026-11-23.jsonl", kibibytes: 1301, most: 1024 },
    { name: "usher-audit-2025-11-23-to-2026-11-23.jsonl", kibibytes: 1301, most: undefined },
    { name: "usher-audit-2025-11-23-to-2026-11-23.jsonl", kibibytes: undefined, most: 1024 },
  ],
  "error/download-too-large": [{ most: 1024 }],
  "error/data-directory-newer": [
    {
      dir: "/srv/usher/data",
      kind: "room",
      version: 3,
      known: 2,
      file: "/srv/usher/data/documents/room/0f/0f.json",
    },
  ],
  "error/data-directory-full": [
    { dir: "/srv/usher/data", file: "/srv/usher/data/names.key", code: "ENOSPC" },
  ],
  "error/data-directory-unreadable": [
    { dir: "/srv/usher/data", file: "/srv/usher/data/documents", code: "EACCES" },
  ],
  "error/admin-leave-here": [{}],
  "error/move-power": [{ room }],
  "error/room-unknown": [{ room: "#lounge:example.org" }],
  "help/admin-audit": [{}],
  "help/admin-catalogue-add": [{}],
  "help/admin-catalogue-change": [{}],
  "help/admin-catalogue-disable": [{}],
  "help/admin-catalogue-enable": [{}],
  "help/admin-catalogue-list": [{}],
  "help/admin-catalogue-suggest": [{}],
  "help/admin-leave": [{}],
  "help/admin-rooms": [{}],
  "help/admin-status": [{}],
  "help/move-from": [{}],
  "admin/leave-reason": [{}],
  "leave/reason": [{}],
  "move/nothing": [{ room }],
  "move/preview": [
    {
      room,
      things: ["Team pad", "Meeting"].map((name, at) => ({ name, first: at === 0 })),
      more: 0,
    },
    {
      room,
      things: [1, 2, 3, 4, 5].map((at) => ({ name: "Plan of Beds", first: at === 1 })),
      more: 3,
    },
  ],
  "removed-by-others": [
    {
      room: "!abc:example.org",
      name: "Lounge",
      things: [{ id: "pad-7k2m4q", called: "Team pad" }],
    },
    {
      room: "!abc:example.org",
      name: undefined,
      things: [{ id: "pad-7k2m4q", called: "Team pad" }],
    },
  ],
  orphaned: [
    {
      room,
      name: "Lounge",
      banned: false,
      left: false,
      things: [{ id: "pad-7k2m4q", called: "Team pad" }],
      setUps: [],
    },
    {
      room,
      name: undefined,
      banned: true,
      left: false,
      things: [{ id: "pad-7k2m4q", called: "Team pad" }],
      setUps: [],
    },
    {
      room,
      name: undefined,
      banned: false,
      left: true,
      things: [{ id: "pad-7k2m4q", called: "Team pad" }],
      setUps: [],
    },
    {
      room,
      name: undefined,
      banned: false,
      left: false,
      things: [],
      setUps: [
        {
          id: "poll-7k2m4q",
          name: "Poll bot",
          on: "2026-11-23",
          step: { template: "bot-step/join", view: { user: "@poll:example.org" } },
          stands: [{ template: "bot-step/invite", view: { user: "@poll:example.org" } }],
        },
      ],
    },
  ],
  "safe-mode": [true, false].map((encryption) => ({
    version: "0.1.0",
    fault: {
      template: "error/data-directory-key-missing",
      view: { dir: "/srv/usher/data", file: "/srv/usher/data/names.key" },
    },
    encryption,
  })),
  "safe-mode/others": [{}],
  "upgrade/carried": [
    { carried: things, there: things, gone: things, refused: [] },
    { carried: [], there: [], gone: [], refused: things },
  ],
  "operators/started": [
    { version: "0.1.0", faults: undefined },
    { version: "0.1.0", faults: { open: true, guests: false, read: false, bridged: false } },
  ],
  "operators/stopping": [{}],
  "operators/alarm": [{ what: "sweep.failed", calledAs: "!usher" }],
  "greeting/operators": [true, false].map((encrypted) => ({
    encrypted,
    calledAs: "!usher",
    usher: "@usher:example.org",
    noticeUrl: undefined,
    trial: false,
    minimumAge: 16,
  })),
  "leave/preview": [
    { things: 0, usher: "@usher:example.org" },
    { things: 2, usher: "@usher:example.org" },
  ],
  hello: [{ calledAs: "!usher" }, { calledAs: "" }],
  "help/hello": [{}],
  thanks: [{}],
  "help/thanks": [{}],
  "verification/elsewhere": [{ office: true }, { office: false }],
  "leave/left": [{ usher: "@usher:example.org" }],
  "deed/leave": [{}],
  "help/leave": [{}],
  "upgrade/powerless": [
    { things, needed: 50, role: "role/moderator", usher: "@usher:example.org" },
    { things, needed: 37, role: undefined, usher: "@usher:example.org" },
  ],
};
