import { LOG } from "../../../privacy/records/log.ts";
import { describe, expect, it } from "vitest";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { CryptoStatus } from "../../../matrix/crypto/cryptoStatus.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { examine, type Facts } from "./examine.ts";

const STANDING = { record: LOG, limit: "14 days", oldest: 1, lastGood: 1, stopped: false };

const me = "@usher:example.org" as UserId;
const WHOLE = { torn: 0, broken: [], missing: undefined, noted: true };
const SWEPT = { at: 1, standings: [STANDING] };
const healthy: Facts = {
  me,
  ofKinds: [],
  suggestions: [],
  homeserver: {
    token: { user: me, device: "D" },
    versions: ["r0.6.1", "v1.1", "v1.12"],
    server: "Synapse 1",
    uploadBytes: 50 * 1_048_576,
    skewMs: 900,
  },
  disk: { freeBytes: 1e12, writable: true, putAside: 0 },
  crypto: undefined,
  accounts: {
    module: false,
    admin: "well",
    completedAt: undefined,
    deactivated: 0,
    suspected: 0,
  },
  lateFiles: 0,
  retention: { report: SWEPT, chain: WHOLE },
  copies: { journal: "not-asked", nginx: "unseen" },
  audit: { broken: [], missing: [] },
  keyRing: {
    file: "/secrets/ring",
    fault: undefined,
    keys: [{ kid: "a", primary: true, wraps: 3, unreadable: 0, needed: true }],
    unreadable: 0,
  },
  backups: { configured: true, lastAt: Date.UTC(2026, 10, 28), opens: undefined },
  operatorsRoom: true,
  unheard: false,
  officeFaults: [],
  officeMovedTo: undefined,
  limited: false,
  missing: [],
  powerless: [],
  notice: { reviewedBy: "Kanzlei", reviewedOn: "2026-11-02", safeguards: [] },
  now: Date.UTC(2026, 10, 29),
  sites: [{ host: "a.example", entries: ["jitsi"], probe: { is: "answered", status: 404 } }],
};
const homeserver = (more: Partial<Facts["homeserver"]>): Partial<Facts> => ({
  homeserver: { ...healthy.homeserver, ...more },
});
const disk = (more: Partial<Facts["disk"]>): Partial<Facts> => ({
  disk: { ...healthy.disk, ...more },
});
const crypto = (more: Partial<CryptoStatus>): Partial<Facts> => ({
  crypto: { healthy: true, signed: true, ...more } as CryptoStatus,
});
const ring = (more: Partial<NonNullable<Facts["keyRing"]>>): Partial<Facts> => ({
  keyRing: healthy.keyRing && { ...healthy.keyRing, ...more },
});
const key = (kid: string, wraps: number, primary = false) => ({
  ...{ kid, wraps, primary, unreadable: 0, needed: wraps > 0 },
});
const RING = ["doctor/key-ring"];
const backups = (more: Partial<NonNullable<Facts["backups"]>>): Partial<Facts> => ({
  backups: healthy.backups && { ...healthy.backups, ...more },
});
const BACKUP = ["doctor/backup"];
const site = (probe: Facts["sites"][number]["probe"]): Partial<Facts> => ({
  sites: [{ host: "a.example", entries: ["jitsi"], probe }],
});
const notice = (more: Partial<Facts["notice"]>): Partial<Facts> => ({
  notice: { ...healthy.notice, ...more },
});
const vouchedFor = (attestedOn: string): Partial<Facts> =>
  notice({ safeguards: [{ statement: "Disks are encrypted.", attestedOn }] });

function faults(more: Partial<Facts>): readonly string[] {
  return examine({ ...healthy, ...more }).flatMap(({ well, finding }) =>
    well ? [] : [finding.template],
  );
}

describe("examine", () => {
  const cases: readonly (readonly [string, Partial<Facts>, readonly string[]])[] = [
    ["nothing wrong", {}, []],
    ["a refused token", homeserver({ token: { refused: "M_UNKNOWN_TOKEN" } }), ["doctor/token"]],
    [
      "another's token",
      homeserver({ token: { user: "@other:example.org", device: undefined } }),
      ["doctor/token"],
    ],
    ["no versions", homeserver({ versions: undefined }), ["doctor/homeserver"]],
    [
      "an old homeserver",
      homeserver({ versions: ["r0.6.1", "v1.9", "v1.10"] }),
      ["doctor/homeserver"],
    ],
    ["a version far ahead", homeserver({ versions: ["v1.110"] }), []],
    ["no stable version", homeserver({ versions: ["r0.6.1", "v2.99"] }), ["doctor/homeserver"]],
    ["a nameless homeserver", homeserver({ server: undefined }), []],
    ["a clock 5 s apart", homeserver({ skewMs: -5_000 }), []],
    ["a clock more than 5 s behind", homeserver({ skewMs: -5_001 }), ["doctor/clock"]],
    ["a clock more than 5 s ahead", homeserver({ skewMs: 5_001 }), ["doctor/clock"]],
    ["no time told", homeserver({ skewMs: undefined }), []],
    ["small files only", homeserver({ uploadBytes: 10 * 1_048_576 - 1 }), ["doctor/media"]],
    ["no limit told", homeserver({ uploadBytes: undefined }), []],
    ["a disk that refuses", disk({ writable: "ENOSPC" }), ["doctor/writable"]],
    ["little space", disk({ freeBytes: 500 * 1_048_576 - 1 }), ["doctor/space"]],
    ["no space told", disk({ freeBytes: undefined }), []],
    ["documents put aside", disk({ putAside: 1 }), ["doctor/documents"]],
    ["encryption in order", crypto({}), []],
    ["a broken engine", crypto({ healthy: false }), ["doctor/encryption"]],
    ["an unsigned device", crypto({ signed: false }), ["doctor/encryption"]],
    ["nobody whom cases could be told to", { unheard: true }, ["doctor/unheard"]],
    ["no room for operators", { operatorsRoom: false }, ["doctor/operators-room"]],
    ["what could not be learned yet", { missing: ["display-name"] }, ["doctor/missing"]],
    [
      "an operators' room that is not found yet",
      { operatorsRoom: false, missing: ["operators-room"] },
      ["doctor/missing"],
    ],
    [
      "an operators' room that anybody may enter",
      { officeFaults: ["join-rule"] },
      ["doctor/office"],
    ],
    [
      "an operators' room whose alias leads elsewhere now",
      { officeMovedTo: "!other:example.org" as RoomId },
      ["doctor/office-moved"],
    ],
    ["limits that were met", { limited: true }, ["doctor/limits"]],
    ["no sweep so far", { retention: { report: undefined, chain: WHOLE } }, ["doctor/retention"]],
    [
      "what is not gone",
      { retention: { report: { at: 2, standings: [STANDING] }, chain: WHOLE } },
      ["doctor/retention"],
    ],
    [
      "an account of the sweeps that was changed",
      { retention: { report: SWEPT, chain: { ...WHOLE, broken: [7] } } },
      ["doctor/retention"],
    ],
    [
      "an account of the sweeps that was cut off",
      { retention: { report: SWEPT, chain: { ...WHOLE, missing: 3 } } },
      ["doctor/retention"],
    ],
    [
      "an account of the sweeps whose end is noted nowhere",
      { retention: { report: SWEPT, chain: { ...WHOLE, noted: false } } },
      ["doctor/retention"],
    ],
    [
      "one that cannot be read",
      { retention: { report: SWEPT, chain: undefined } },
      ["doctor/retention"],
    ],
    [
      "a journal that keeps",
      { copies: { journal: "too-long", nginx: "unseen" } },
      ["doctor/copies"],
    ],
    [
      "a web server that does",
      { copies: { journal: "unseen", nginx: "too-long" } },
      ["doctor/copies"],
    ],
    ["a record that was changed", { audit: { broken: [1], missing: [] } }, ["doctor/audit"]],
    ["a record cut off", { audit: { broken: [], missing: [1] } }, ["doctor/audit"]],
    ["files that stay", { lateFiles: 1 }, ["doctor/export-files"]],
    ["no backup yet", backups({ lastAt: undefined }), BACKUP],
    ["no backup of late", backups({ lastAt: Date.UTC(2026, 10, 20) }), BACKUP],
    ["a backup that does not open", backups({ opens: false }), BACKUP],
    ["a key ring others can read", ring({ fault: new UsherError("key-ring-open") }), RING],
    ["a key ring that is gone", ring({ fault: new UsherError("key-ring-missing") }), RING],
    ["a damaged key ring", ring({ fault: new UsherError("key-ring-damaged") }), RING],
    ["a key ring of no use", ring({ fault: new UsherError("key-ring-unusable") }), RING],
    [
      "a key ring without a key",
      ring({ fault: new UsherError("key-missing", { kid: "a" }) }),
      RING,
    ],
    ["another key of its name", ring({ fault: new UsherError("key-changed", { kid: "a" }) }), RING],
    ["a key ring in the data directory", ring({ fault: new UsherError("key-ring-inside") }), RING],
    ["damaged data keys", ring({ unreadable: 1 }), RING],
    [
      "a rotation that is over but for what is damaged",
      ring({ keys: [{ ...key("a", 1), unreadable: 1 }, key("b", 3, true)] }),
      [],
    ],
    ["a rotation that is not over", ring({ keys: [key("a", 1), key("b", 0, true)] }), RING],
    [
      "a rotation that is over but for the old key",
      ring({ keys: [key("a", 0), key("b", 3, true)] }),
      [],
    ],
    ["lost power", { powerless: ["!a:example.org" as RoomId] }, ["doctor/power"]],
    ["R81 a notice that nobody has checked", notice({ reviewedBy: undefined }), ["doctor/review"]],
    ["R81 a check without a day", notice({ reviewedOn: undefined }), ["doctor/review"]],
    ["R72 a safeguard of a year ago", vouchedFor("2025-11-29"), []],
    ["R72 one older than a year", vouchedFor("2025-11-28"), ["doctor/safeguards"]],
    ["a site's error", site({ is: "answered", status: 500 }), ["doctor/site"]],
    ["a site with a private address", site({ is: "private" }), ["doctor/site"]],
    ["a site without a name", site({ is: "unknown-name" }), ["doctor/site"]],
    ["a site with a bad certificate", site({ is: "certificate" }), ["doctor/site"]],
    ["a silent site", site({ is: "silent" }), ["doctor/site"]],
  ];
  it.each(cases)("%s", (_, more, wrong) => {
    expect(faults(more)).toEqual(wrong);
  });

  it("takes many unreachable websites and no reachable one for a machine without a way out, which is no fault, and still names the others", () => {
    const at = (
      host: string,
      is: "unknown-name" | "silent" | "private",
    ): Facts["sites"][number] => ({
      host,
      entries: ["x"],
      probe: { is },
    });
    const three = [
      at("a", "unknown-name"),
      at("b", "silent"),
      at("c", "unknown-name"),
      at("d", "private"),
    ];
    expect(faults({ sites: three })).toEqual(["doctor/site"]);
    expect(faults({ sites: three.slice(1) })).toHaveLength(3);
    expect(faults({ sites: [...three, ...healthy.sites] })).toHaveLength(4);
  });

  it("says the number of seconds, and of rooms beyond those it names", () => {
    const rooms = Array.from(
      { length: 7 },
      (_, index) => `!${String(index)}:example.org` as RoomId,
    );
    const found = examine({
      ...healthy,
      ...homeserver({ skewMs: 90_400 }),
      powerless: rooms,
    }).filter(({ well }) => !well);
    expect(found.map(({ finding }) => finding.view)).toEqual([
      expect.objectContaining({ unknown: false, apart: true, seconds: 90, ahead: true }),
      {
        count: 7,
        rooms: "!0:example.org, !1:example.org, !2:example.org, !3:example.org, !4:example.org",
        me,
      },
    ]);
  });
});
