import type { View } from "../../src/kernel/errors.ts";

const me = "@usher:example.org";
const site = {
  host: "meet.example.org",
  entries: "jitsi",
  failing: undefined,
  unknown: false,
  private: false,
  certificate: false,
  silent: false,
};

const accounts = {
  blind: false,
  well: false,
  module: false,
  asks: false,
  token: false,
  ownToken: false,
  forbidden: false,
  silent: false,
  elsewhere: false,
  server: "example.org",
  last: undefined,
  deactivated: 0,
  suspected: 2,
};

/** What the doctor finds, each as a fault and as it should be. */
const UNITS = { seconds: undefined, minutes: undefined, hours: undefined, days: undefined };

export const DOCTOR_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "admin/doctor": [
    {
      faults: [
        {
          finding: {
            template: "doctor/token",
            view: { refused: "M_UNKNOWN_TOKEN", other: undefined, me },
          },
        },
      ],
      fine: [{ finding: { template: "doctor/sites", view: { count: 3 } } }],
      count: 1,
    },
    {
      faults: [
        { finding: { template: "doctor/writable", view: { code: "ENOSPC" } } },
        { finding: { template: "doctor/limits", view: { limited: true, me } } },
      ],
      fine: [],
      count: 2,
    },
    {
      faults: [],
      fine: [{ finding: { template: "doctor/sites", view: { count: 3 } } }],
      count: 0,
    },
  ],
  "doctor/accounts": [
    { ...accounts, blind: true },
    { ...accounts, token: true },
    { ...accounts, ownToken: true },
    { ...accounts, forbidden: true },
    { ...accounts, silent: true },
    { ...accounts, elsewhere: true },
    { ...accounts, well: true, module: true },
    { ...accounts, well: true, asks: true, deactivated: 1 },
    { ...accounts, well: true, module: true, asks: true, last: "2026-11-29 04:10" },
  ],
  "doctor/clock": [
    { ...UNITS, unknown: true, apart: false, ahead: false },
    { ...UNITS, unknown: false, apart: true, seconds: 90, ahead: true },
    { ...UNITS, unknown: false, apart: true, minutes: 90, ahead: false },
    { ...UNITS, unknown: false, apart: true, hours: 3, ahead: false },
    { ...UNITS, unknown: false, apart: true, days: 15, ahead: false },
    { ...UNITS, unknown: false, apart: false, seconds: 1, ahead: false },
  ],
  "doctor/missing": [
    {
      some: true,
      operatorsRoom: true,
      displayName: true,
      rooms: true,
      encryption: true,
      moduleListener: true,
      webServer: true,
      sweep: true,
    },
    {
      some: false,
      operatorsRoom: false,
      displayName: false,
      rooms: false,
      encryption: false,
      moduleListener: false,
      webServer: false,
      sweep: false,
    },
  ],
  "doctor/documents": [{ putAside: 2 }, { putAside: 1 }, { putAside: undefined }],
  "doctor/review": [{ by: "Law Office", on: "2026-11-02" }, { by: undefined }],
  "doctor/safeguards": [
    { count: 2, old: [{ statement: "Disks are encrypted.", attestedOn: "2025-03-01" }] },
    { count: 2, old: [] },
  ],
  "doctor/unheard": [{ unheard: true }, { unheard: false }],
  "doctor/retention": [
    {
      at: undefined,
      late: undefined,
      stopped: undefined,
      held: undefined,
      unread: true,
      broken: undefined,
      missing: undefined,
      unnoted: false,
    },
    {
      at: "2026-11-29 05:59",
      late: "D13, D26",
      stopped: "D7-undo",
      held: "D13 3.0 days (14 days)",
      unread: false,
      broken: "7, 12",
      missing: "2026-11-29 04:59",
      unnoted: true,
    },
    {
      at: "2026-11-29 05:59",
      late: undefined,
      stopped: undefined,
      held: undefined,
      unread: false,
      broken: undefined,
      missing: undefined,
      unnoted: false,
    },
  ],
  "doctor/copies": [
    {
      journal: false,
      journalLong: false,
      journalUnseen: false,
      nginxLong: false,
      nginxUnseen: true,
    },
    { journal: true, journalLong: true, journalUnseen: false, nginxLong: true, nginxUnseen: false },
    {
      journal: true,
      journalLong: false,
      journalUnseen: true,
      nginxLong: false,
      nginxUnseen: false,
    },
    {
      journal: true,
      journalLong: false,
      journalUnseen: false,
      nginxLong: false,
      nginxUnseen: true,
    },
  ],
  "doctor/limits": [true, false].map((limited) => ({ limited, me })),
  "doctor/office-moved": [{ to: "!other:example.org" }],
  "doctor/office": [
    { open: true, guests: true, read: true, bridged: true },
    { open: false, guests: false, read: false, bridged: false },
  ],
  "doctor/encryption": [
    { off: true, healthy: false, signed: false },
    { off: false, healthy: false, signed: false },
    { off: false, healthy: true, signed: false },
    { off: false, healthy: true, signed: true },
  ],
  "doctor/audit": [
    { changed: true, lacking: true },
    { changed: true, lacking: false },
    { changed: false, lacking: true },
    { changed: false, lacking: false },
  ],
  "doctor/export-files": [{ count: 2 }, { count: 1 }, { count: undefined }],
  "doctor/homeserver": [
    { server: undefined, newest: undefined, least: "1.11", silent: true, old: false },
    { server: "Synapse 1.90.0", newest: "1.9", least: "1.11", silent: false, old: true },
    { server: undefined, newest: undefined, least: "1.11", silent: false, old: true },
    { server: "Synapse 1.141.0", newest: "1.12", least: "1.11", silent: false, old: false },
  ],
  "doctor/media": [
    { unknown: true, well: true, mebibytes: 0 },
    { unknown: false, well: true, mebibytes: 50 },
    { unknown: false, well: false, mebibytes: 1 },
  ],
  "doctor/offline": [{ count: 12 }],
  "doctor/operators-room": [{ there: true }, { there: false }],
  "doctor/power": [
    { count: 2, rooms: "!abc:example.org, !def:example.org", me },
    { count: 1, rooms: "!abc:example.org", me },
    { count: undefined, rooms: "", me },
  ],
  "doctor/site": [
    { ...site, failing: 502 },
    { ...site, unknown: true },
    { ...site, private: true },
    { ...site, certificate: true },
    { ...site, silent: true },
  ],
  "doctor/sites": [{ count: 12 }, { count: 1 }],
  "doctor/space": [
    { unknown: true, well: true, mebibytes: 0 },
    { unknown: false, well: true, mebibytes: 20_000 },
    { unknown: false, well: false, mebibytes: 100 },
  ],
  "doctor/suggestions": [
    { names: "Telegram", more: undefined },
    { names: "Telegram, Signal", more: 3 },
  ],
  "doctor/token": [
    { refused: "M_UNKNOWN_TOKEN", other: undefined, me },
    { refused: undefined, other: "@other:example.org", me },
    { refused: undefined, other: undefined, me },
  ],
  "doctor/writable": [{ code: "ENOSPC" }, { code: undefined }],
  "help/admin-doctor": [{}],
};
