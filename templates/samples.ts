import type { View } from "../src/kernel/errors.ts";
import { ANSWER_SAMPLES } from "./samples/answers.ts";
import { CASE_SAMPLES } from "./samples/cases.ts";
import { CATALOGUE_SAMPLES } from "./samples/catalogue.ts";
import { DOCTOR_SAMPLES } from "./samples/doctor.ts";
import { ENCRYPTION_SAMPLES } from "./samples/encryption.ts";
import { ITEM_SAMPLES } from "./samples/items.ts";
import { LINE_SAMPLES } from "./samples/lines.ts";
import { OPERATOR_SAMPLES } from "./samples/operators.ts";
import { OFFICER_SAMPLES } from "./samples/officers.ts";
import { mark } from "./samples/mark.ts";
import { POWER_SAMPLES } from "./samples/powers.ts";
import { kindSamples } from "./samples/kinds.ts";
import { SET_UP_SAMPLES } from "./samples/setUps.ts";
import { NOTICE_SAMPLES } from "./samples/notice.ts";
import { PRIVACY_SAMPLES } from "./samples/privacy.ts";
import { BACKUP_SAMPLES } from "./samples/backup.ts";
import { SECRET_SAMPLES } from "./samples/secrets.ts";

const widget = {
  id: "pad-7k2m4q",
  name: "Team pad",
  url: "https://pad.example.org/p/team?view=all&b=1",
};
const operator = {
  legalName: "Example Association",
  noticeUrl: "https://example.org/privacy",
  trial: false,
  minimumAge: 16,
};
const nobody = { legalName: undefined, noticeUrl: undefined, trial: true, minimumAge: 16 };
const person = "@ada:example.org";
const usher = "@usher:example.org";

/**
 * What each template is filled with: the contract between the sentences and the code that says them, in every language. Several samples
 * where a template says different things; together they must reach all of it, and hold no name that the template does not use.
 * `calledAs` is given to every template beside these.
 */
export const SAMPLES: Readonly<Record<string, readonly View[]>> = {
  ...ANSWER_SAMPLES,
  ...CASE_SAMPLES,
  ...CATALOGUE_SAMPLES,
  ...ITEM_SAMPLES,
  ...(await kindSamples()),
  ...LINE_SAMPLES,
  ...DOCTOR_SAMPLES,
  ...OFFICER_SAMPLES,
  ...OPERATOR_SAMPLES,
  ...POWER_SAMPLES,
  ...NOTICE_SAMPLES,
  ...PRIVACY_SAMPLES,
  ...SECRET_SAMPLES,
  ...BACKUP_SAMPLES,
  ...SET_UP_SAMPLES,
  "error/asked-freely": [{ command: "privacy erase all" }],
  "error/command-interrupted": [{ command: "add widget https://pad.example.org" }],
  "error/command-stale": [{ command: "add widget" }],
  "error/crypto-device-mismatch": [{}],
  "error/crypto-engine-broken": [{}],
  "error/crypto-engine-changed": [{ madeBy: "wasm", engine: "native" }],
  "error/crypto-engine-missing": [{}],
  "error/crypto-identity-unknown": [{}],
  "error/crypto-keys-unshared": [{}],
  "error/crypto-password-needed": [{}],
  "error/crypto-recovery-key-invalid": [{}],
  "error/crypto-recovery-key-wrong": [{}],
  "error/crypto-store-lost": [{}],
  "error/crypto-store-unreadable": [{}],
  "error/data-directory-in-use": [{ dir: "/srv/usher/data" }],
  "error/data-directory-key-missing": [{ file: "data/id-key" }],
  "error/data-directory-not-writable": [{ dir: "/srv/usher/data" }],
  "error/device-unsigned": [{ words: "admin audit" }, { words: undefined }],
  "error/verification-none": [{ user: person }],
  "error/crypto-device-missing": [{}],
  "error/invite-budget": [{}],
  "error/invite-refused": [{ support: "help@example.org" }, { support: undefined }],
  "error/operators-only": [true, false].map((elsewhere) => ({ words: "admin doctor", elsewhere })),
  "error/state-owned": [
    { deed: "deed/remove-widget", owner: person, yours: false },
    { deed: "deed/remove-widget", owner: person, yours: true },
  ],
  mark: [mark("add widget jitsi x=1", "x=1")],
  "error/room-cleartext-refused": [{}],
  "error/room-encrypted-unreadable": [{}],
  "error/room-limited": [{}],
  "error/notice-incomplete": [{}],
  "error/homeserver-unreachable": [
    {
      url: "https://matrix.example.org",
      code: "ECONNREFUSED",
      reason: "Nothing listens at https://matrix.example.org.",
    },
    { url: "https://matrix.example.org", code: undefined, reason: undefined },
  ],
  "error/data-directory-foreign": [{ owner: "@usher:example.org", actual: "@other:example.org" }],
  "error/wrong-user": [{ expected: "@usher:example.org", actual: "@other:example.org" }],
  "error/private-rooms-enough": [{}],
  "error/room-not-private": [{}],
  "error/room-unreachable": [
    { action: "state", code: "M_FORBIDDEN", passing: false },
    { action: "state", code: "timeout", passing: true },
  ],
  "error/sender-flooding": [{}],
  "error/token-unknown": [{}],
  "error/unexpected": [{ reference: "9f31c04a" }, { reference: undefined }],
  greeting: [
    { ...operator, usher, calledAs: "!usher", encrypted: false, lacks: undefined },
    {
      ...nobody,
      usher,
      calledAs: "!usher",
      encrypted: true,
      lacks: { has: 0, needed: 50, role: "role/moderator", said: "right/widgets" },
    },
    {
      ...nobody,
      usher,
      calledAs: "!usher",
      encrypted: true,
      lacks: { has: 0, needed: 37, role: undefined, said: "right/widgets" },
    },
  ],
  "greeting/direct": [
    { ...operator, encrypted: true },
    { ...nobody, encrypted: false },
  ],
  "help/admin-crypto": [{}],
  "help/admin-verify": [{}],
  "help/help": [{}],
  "help/privacy": [{}],
  "help/privacy-data": [{}],
  "help/privacy-export": [{}],
  "help/status": [{}],
  "admin/crypto": [
    {
      engine: "wasm",
      healthy: true,
      restarts: 0,
      deviceId: "ABCDEFGH",
      signed: true,
      fingerprint: "abcd efgh",
      backup: { version: "1", total: 10, backedUp: 9 },
      unreadable: 2,
      waiting: 1,
      oneTimeKeys: "50",
      lacks: ["capability/history"],
    },
    {
      engine: "native",
      healthy: false,
      restarts: 1,
      deviceId: "ABCDEFGH",
      signed: false,
      fingerprint: "abcd efgh",
      backup: undefined,
      unreadable: 0,
      waiting: 0,
      oneTimeKeys: undefined,
      lacks: [],
    },
  ],
  "admin/crypto-off": [{}],
  "admin/verified": [true, false].map((same) => ({ user: person, same })),

  "list/empty": [{}],
  notice: [operator, nobody].map(({ noticeUrl, trial }) => ({ noticeUrl, trial })),
  preview: [
    { inWords: false, unread: false, direct: false },
    { inWords: true, unread: true, direct: true },
  ].map(({ inWords, unread, direct }) => ({
    direct,
    what: {
      template: "widget/preview",
      view: {
        name: "Team pad",
        url: widget.url,
        entry: undefined,
        leftOut: [],
        encrypted: false,
        price: "price/free",
        host: "pad.example.org",
        runBy: undefined,
        byOperator: false,
        policy: undefined,
        handsOver: [],
        noticeUrl: undefined,
      },
    },
    cautions: unread ? [] : [{ template: "caution/guessable", view: { guessable: "team" } }],
    minutes: 5,
    person,
    inWords,
    unread,
  })),
  "with-aside": [
    {
      result: { template: "widget/removed", view: widget },
      aside: { template: "widget/left-out", view: { leftOut: ["si"] } },
    },
  ],
  resumed: [{ command: "remove pad-7k2m4q", result: { template: "widget/removed", view: widget } }],
  ...ENCRYPTION_SAMPLES,
};
