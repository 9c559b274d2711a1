import type { View } from "../../src/kernel/errors.ts";

const file = "/srv/usher/secrets/data-key-ring";
const ring = {
  file,
  ...{ inside: false, open: false, gone: false, kid: undefined, changed: undefined, bad: false },
  ...{ damaged: false, unreadable: 0 },
  ...{ unfinished: false, older: 0, well: false, count: 12, keys: 1 },
};
const kid = "2026-11-29-3f9c0a";

const typed = { taken: false, session: false, password: false, other: false };
const TYPED = ["github", "gitlab", "slack", "telegram", "discord", "private-key", "token"];

/** What is said of the key ring and of credentials. */
export const SECRET_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "admin/keys-status": [
    {
      file,
      keys: [
        { kid: "2026-03-01-5b1e20", primary: false, wraps: 0 },
        { kid, primary: true, wraps: 12 },
      ],
      rewrap: false,
      retire: "2026-03-01-5b1e20",
    },
    {
      file,
      keys: [
        { kid: "2026-03-01-5b1e20", primary: false, wraps: 1 },
        { kid, primary: true, wraps: 11 },
      ],
      rewrap: true,
      retire: undefined,
    },
  ],
  "admin/keys-add-preview": [{ kid }],
  "admin/keys-added": [{ kid, file }],
  "admin/keys-there": [{ kid }],
  "admin/keys-rewrapped": [
    { count: 1, left: undefined, primary: kid, retire: "2026-03-01-5b1e20" },
    { count: 12, left: undefined, primary: kid, retire: undefined },
    { count: undefined, left: undefined, primary: kid, retire: undefined },
    { count: 2, left: 1, primary: kid, retire: undefined },
    { count: undefined, left: 2, primary: kid, retire: undefined },
  ],
  "admin/keys-retire-preview": [{ kid }],
  "admin/keys-retired": [{ kid, file }],
  "credential-stays": [{}],
  "credential-typed": [
    ...TYPED.map((what) => ({ ...typed, what: `credential/${what}`, other: true })),
    { ...typed, what: "credential/matrix", session: true, taken: true },
    { ...typed, what: "credential/password", password: true, taken: true },
  ],
  ...Object.fromEntries(
    [...TYPED, "matrix", "password"].map((what) => [`credential/${what}`, [{}]]),
  ),
  "doctor/key-ring": [
    { ...ring, inside: true },
    { ...ring, open: true },
    { ...ring, gone: true },
    { ...ring, bad: true },
    { ...ring, kid },
    { ...ring, changed: kid },
    { ...ring, damaged: true, unreadable: 1 },
    { ...ring, damaged: true, unreadable: 2 },
    { ...ring, unfinished: true, older: 1 },
    { ...ring, unfinished: true, older: 2 },
    { ...ring, well: true, count: 0 },
    { ...ring, well: true, count: 1, keys: 2 },
  ],
  "error/key-name": [{ kid: "My Key" }],
  "help/admin-keys-add": [{}],
  "help/admin-keys-retire": [{}],
  "help/admin-keys-rewrap": [{}],
  "help/admin-keys-status": [{}],
  "error/credential-unreadable": [{ name: "GitHub" }],
  "error/credential-not-kept": [{ name: "GitHub" }],
  "credential/unused": [
    { name: "GitHub", room: "!room:example.org", days: 90, on: "2026-08-31" },
    { name: "GitHub", room: undefined, days: 90, on: "2026-08-31" },
  ],
  "error/data-key-put-aside": [{ kid }, { kid: undefined }],
  "error/data-key-unreadable": [{ kid, file }],
  "error/key-changed": [{ kid, file }],
  "error/key-in-use": [
    { kid, count: 1, rewrap: true, damaged: undefined },
    { kid, count: 12, rewrap: true, damaged: 1 },
    { kid, count: 1, rewrap: false, damaged: 1 },
  ],
  "error/key-missing": [{ kid, file }],
  "error/key-primary": [{ kid }],
  "error/key-ring-damaged": [
    { file, line: 3 },
    { file, line: undefined },
  ],
  "error/key-ring-inside": [{ file: "/srv/usher/data/key-ring", dir: "/srv/usher/data" }],
  "error/key-ring-in-use": [{ file }],
  "error/key-ring-missing": [{ file }],
  "error/key-ring-open": [{ file }],
  "error/key-ring-unusable": [{ file, code: "EACCES" }],
  "error/key-unknown": [{ kid }],
};
