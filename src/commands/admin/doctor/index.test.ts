import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../../test/harness/memoryDocuments.ts";
import type { BackupFacts } from "../../../backup/backups.ts";
import type { RoomUpgradeHandler } from "../../../integrations/roomUpgrade.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { HomeserverFacts } from "../../../matrix/checkup.ts";
import type { CryptoStatus } from "../../../matrix/crypto/cryptoStatus.ts";
import type { StateEvent } from "../../../matrix/port.ts";
import type { Probe } from "../../../net/probe.ts";
import type { AuditReport } from "../../../store/auditTrail.ts";
import type { Documents } from "../../../store/documents.ts";
import type { DiskFacts } from "../../../store/checkDisk.ts";
import { roomDocument } from "../../../store/room.ts";
import type { AccountFacts } from "./accounts.ts";
import { adminDoctor, type DoctorDeps } from "./index.ts";
import type { Copies } from "../../../logs/copies.ts";
import { LOG } from "../../../privacy/records/log.ts";
import type { RetentionReport } from "./retention.ts";

const ME = "@usher:example.org" as UserId;
const OFFICE = "!office:example.org" as RoomId;
const MIB = 1_048_576;
const HOUR = 3_600_000;

const LEARNS: AccountFacts = {
  module: true,
  admin: "well",
  completedAt: Date.UTC(2026, 10, 29, 4, 10),
  deactivated: 1,
  suspected: 2,
};

/** What the doctor finds, where everything else is well. */
interface Found {
  readonly homeserver?: Partial<HomeserverFacts>;
  readonly disk?: Partial<DiskFacts>;
  readonly crypto?: Partial<CryptoStatus>;
  readonly office?: readonly (readonly [type: string, content: StateEvent["content"]])[];
  readonly movedTo?: RoomId;
  /** When the homeserver limited requests; ms ago. */
  readonly limitedAgo?: number;
  readonly missing?: readonly string[];
  readonly notice?: Partial<DoctorDeps["noticeFacts"]>;
  readonly accounts?: Partial<AccountFacts>;
  readonly lateFiles?: number;
  readonly audit?: Partial<AuditReport>;
  readonly backups?: Partial<BackupFacts>;
  readonly retention?: RetentionReport;
  readonly chain?: readonly number[] | "unread";
  readonly missingRuns?: number;
  readonly noted?: boolean;
  readonly copies?: Partial<Copies>;
  /** How many rooms there are where Usher added something and has no power. */
  readonly powerless?: number;
  /** What was found that the catalogue does not have. */
  readonly suggestions?: readonly string[];
  /** What each website answers. */
  readonly sites?: Readonly<Record<string, Probe>>;
}

const well: Probe = { is: "answered", status: 200 };
const handler: RoomUpgradeHandler = {
  addedItems: () => [{ id: "pad-1", name: "Pad", addedBy: ALICE }],
  needs: [{ kind: "state", type: "im.vector.modular.widgets" }],
  carry: () => Promise.resolve([]),
  removal: () => undefined,
  without: (document) => document,
};

/** One thing is held, for four days. */
const SWEPT = {
  at: 99 * HOUR,
  standings: [
    { record: LOG, limit: "14 days", oldest: 4 * HOUR, lastGood: 99 * HOUR, stopped: false },
  ],
};

function depsOf(found: Found, documents: Documents): DoctorDeps {
  const clock = new ManualClock(100 * HOUR);
  const { sites = { "a.example": well } } = found;
  const lastAt = found.limitedAgo === undefined ? undefined : clock.now() - found.limitedAgo;
  const state = (found.office ?? []).map(([type, content]) => ({ type, stateKey: "", content }));
  return {
    checkups: () => Promise.resolve([]),
    suggestions: () =>
      Promise.resolve(
        (found.suggestions ?? []).map((name) => ({
          name,
          found: { template: "bridge-found/by-name", view: { bot: ME } },
          entry: undefined,
        })),
      ),
    matrix: {
      me: ME,
      limits: { now: false, lastAt },
      allState: () => Promise.resolve(state as unknown as readonly StateEvent[]),
      power: () => Promise.resolve({ levels: {}, version: "11", creators: new Set<UserId>() }),
    },
    clock,
    documents,
    upgradeHandlers: [handler],
    noticeFacts: {
      reviewedBy: "Kanzlei",
      reviewedOn: "2026-11-02",
      safeguards: [],
      ...found.notice,
    },
    homeserver: () =>
      Promise.resolve({
        token: { user: ME, device: "D" },
        versions: ["v1.12"],
        server: "Synapse 1.141.0",
        uploadBytes: 50 * MIB,
        skewMs: 900,
        ...found.homeserver,
      }),
    disk: () =>
      Promise.resolve({ freeBytes: 600 * MIB, writable: true, putAside: 0, ...found.disk }),
    cryptoReport: () =>
      Promise.resolve({ healthy: true, signed: true, ...found.crypto } as CryptoStatus),
    accounts: () => Promise.resolve({ ...LEARNS, ...found.accounts }),
    audit: {
      verify: () =>
        Promise.resolve({
          broken: [],
          missing: [],
          ...found.audit,
        } as Partial<AuditReport> as AuditReport),
    },
    keyRing: () =>
      Promise.resolve({ file: "/secrets/ring", fault: undefined, keys: [], unreadable: 0 }),
    backupFacts: () =>
      Promise.resolve({ configured: false, lastAt: undefined, opens: undefined, ...found.backups }),
    lateFiles: () => Promise.resolve(found.lateFiles ?? 0),
    retention: {
      report: () => ("retention" in found ? found.retention : SWEPT),
      verify: () =>
        found.chain === "unread"
          ? Promise.reject(new Error("EIO"))
          : Promise.resolve({
              ...{ torn: 1, broken: found.chain ?? [], missing: found.missingRuns },
              noted: found.noted ?? true,
            }),
    },
    copies: () => Promise.resolve({ journal: "not-asked", nginx: "unseen", ...found.copies }),
    operators: { room: OFFICE, movedTo: found.movedTo },
    unheard: () => false,
    missing: () => found.missing ?? [],
    addresses: () =>
      Object.keys(sites).map((host) => ({ entry: "pad", url: new URL(`https://${host}/p`) })),
    probe: ({ host }) => Promise.resolve(sites[host] ?? well),
  };
}

/** What an operator reads. */
async function told(found: Found): Promise<string> {
  const documents = memoryDocuments();
  for (let room = 0; room < (found.powerless ?? 0); room += 1)
    await documents.update(roomDocument, `!r${String(room)}:example.org`, (document) => ({
      ...document,
      inviter: ALICE,
    }));
  const conversation = new MemoryConversation({
    commands: [adminDoctor(depsOf(found, documents))],
  });
  conversation.operators.add(ALICE);
  await conversation.say("!usher admin doctor");
  return conversation.said.at(-1)?.body ?? "";
}

describe("admin doctor", () => {
  it("R55 R60 says that copies of logs go in time, where they do", async () => {
    const said = await told({ copies: { journal: "in-time", nginx: "in-time" } });
    expect(said).toContain("journald lets it go in time. Those of nginx go in time.");
  });

  it("says what could be offered as well, which is nothing to mend", async () => {
    const said = await told({ suggestions: ["Telegram"] });
    expect(said).toMatch(/^I found nothing to mend/);
    expect(said).toContain("Not in the catalogue: Telegram. `!usher admin catalogue suggest`");
    const many = await told({ suggestions: ["A", "B", "C", "D", "E", "F", "G"] });
    expect(many).toContain("Not in the catalogue: A, B, C, D, E and 2 more.");
    expect(await told({})).not.toContain("Not in the catalogue");
  });

  it("says of everything that is well how well it is, and of nothing that it is to be mended", async () => {
    const said = await told({});
    expect(said).toMatch(/^I found nothing to mend\.\n\nIn order:/u);
    for (const part of [
      "Access token: accepted, for @usher:example.org",
      "Homeserver: Synapse 1.141.0, Matrix 1.12",
      "Clock: as the homeserver's, to a few seconds",
      "Files: up to 50 MiB",
      "Data directory: writable",
      "Disk: 600 MiB free",
      "Stored documents: all readable",
      "Encryption: working, my device signed",
      "Start: complete",
      "Deactivated accounts: the module tells me, and I ask each day, last on 2026-11-29 04:10 (UTC); to be erased for it: 1; elsewhere perhaps gone: 2",
      "Exports: no file is kept past its time",
      "What goes after a set time: all of it is gone that should be. I last looked at 1970-01-05 03:00 UTC. The oldest that is left: D13 4.0 days (14 days).",
      "Copies of logs: my log lies with me alone. I cannot see whether a web server here keeps addresses.",
      "Backups: none are made, for `backup.recipient` names nobody who could open them",
      "Limits: none met in the last day",
      "Operators' room: there",
      "Power: enough in every room",
      "Privacy notice: checked by Kanzlei on 2026-11-02",
      "Safeguards: 0 in the privacy notice",
      "Catalogue: 1 website answers",
    ])
      expect(said).toContain(part);
  });

  it("says of a backup of late what can be told of it here", async () => {
    const lastAt = 99 * HOUR;
    const last = "Backups: the last is of 1970-01-05 03:00 (UTC)";
    expect(await told({ backups: { configured: true, lastAt } })).toContain(
      `${last}; whether it opens I cannot see`,
    );
    expect(await told({ backups: { configured: true, lastAt, opens: true } })).toContain(
      `${last}, and opens`,
    );
  });

  const faults: readonly (readonly [string, Found, readonly string[]])[] = [
    [
      "R81 a notice that nobody has checked",
      { notice: { reviewedBy: undefined } },
      ["nobody is named who has checked it. Have a lawyer read it", "`notice.reviewedBy`"],
    ],
    [
      "R72 a safeguard that is not vouched for any more",
      { notice: { safeguards: [{ statement: "Disks are sealed.", attestedOn: "1968-12-31" }] } },
      ["more than a year ago", '"Disks are sealed." (1968-12-31)'],
    ],
    [
      "no backup yet",
      { backups: { configured: true } },
      ["Backups: there is none yet. `admin backup` makes one"],
    ],
    [
      "a backup that does not open",
      { backups: { configured: true, lastAt: 99 * HOUR, opens: false } },
      ["the last is of 1970-01-05 03:00 (UTC), and the identity in `backup.identityFile` does not"],
    ],
    [
      "a backup of long ago",
      { backups: { configured: true, lastAt: -100 * HOUR, opens: true } },
      ["(UTC), too long ago. `admin backup` makes one"],
    ],
    [
      "a refused token",
      { homeserver: { token: { refused: "M_UNKNOWN_TOKEN" } } },
      ["refused it (`M_UNKNOWN_TOKEN`). Log in anew as @usher:example.org"],
    ],
    [
      "another's token",
      { homeserver: { token: { user: "@other:example.org", device: undefined } } },
      ["belongs to @other:example.org and not to @usher:example.org", "`homeserver.userId`"],
    ],
    [
      "a homeserver that tells no versions",
      { homeserver: { versions: undefined } },
      ["does not say which versions it speaks", "`/_matrix/client/versions`"],
    ],
    [
      "an old homeserver",
      { homeserver: { versions: ["v1.10", "v1.2"] } },
      ["Synapse 1.141.0 speaks Matrix 1.10 at most, and I need 1.11. Upgrade it."],
    ],
    [
      "an old homeserver without a name",
      { homeserver: { versions: ["v1.10"], server: undefined } },
      ["Homeserver: speaks Matrix 1.10 at most, and I need 1.11."],
    ],
    [
      "a homeserver from before the stable versions",
      { homeserver: { versions: ["r0.6.1"] } },
      ["Synapse 1.141.0 speaks no stable version of Matrix, and I need 1.11."],
    ],
    [
      "a clock ahead",
      { homeserver: { skewMs: 90_400 } },
      ["the homeserver's is 90 seconds ahead of mine", "(NTP)"],
    ],
    [
      "a clock behind",
      { homeserver: { skewMs: -7_000 } },
      ["the homeserver's is 7 seconds behind mine", "(NTP)"],
    ],
    [
      "a clock many minutes behind",
      { homeserver: { skewMs: -90 * 60_000 } },
      ["the homeserver's is 90 minutes behind mine"],
    ],
    ["a clock hours ahead", { homeserver: { skewMs: 3 * HOUR } }, ["is 3 hours ahead of mine"]],
    ["a clock days ahead", { homeserver: { skewMs: 360 * HOUR } }, ["is 15 days ahead of mine"]],
    [
      "small files only",
      { homeserver: { uploadBytes: 9 * MIB } },
      ["takes 9 MiB at most", "`max_upload_size`", "10 MiB or more"],
    ],
    ["a disk that refuses", { disk: { writable: "ENOSPC" } }, ["could not write there (`ENOSPC`)"]],
    ["little space", { disk: { freeBytes: 3 * MIB } }, ["3 MiB are left", "Make room"]],
    [
      "one document put aside",
      { disk: { putAside: 1 } },
      ["1 could not be read and lies in the folder `quarantine`", "Restore it", "delete it if"],
    ],
    [
      "several documents put aside",
      { disk: { putAside: 3 } },
      ["3 could not be read and lie in the folder `quarantine`", "Restore them", "delete them if"],
    ],
    ["a broken engine", { crypto: { healthy: false } }, ["has stopped and is being restarted"]],
    [
      "an unsigned device",
      { crypto: { signed: false } },
      ["my device is not signed by my identity", "`!usher admin crypto`"],
    ],
    [
      "records that could not be deleted",
      { missing: ["sweep"] },
      ["I try again each minute", "fails: to delete records whose time is over; see that"],
    ],
    [
      "an address that another program listens at",
      { missing: ["module-listener"] },
      ["fails: to listen for the homeserver's module, whose address may be taken; see that"],
    ],
    [
      "limits 23 hours ago",
      { limitedAgo: 23 * HOUR },
      ["asked me to slow down in the last day", "Exempt @usher:example.org", "`docs/running.md`"],
    ],
    [
      "no sweep so far",
      { retention: undefined },
      ["What goes after a set time: I have not looked yet."],
    ],
    [
      "a sweep that left something",
      { retention: { ...SWEPT, at: SWEPT.at + HOUR } },
      ["not all of it is gone (D13).", "I last looked at 1970-01-05 04:00 UTC"],
    ],
    [
      "a sweep that left something of which nothing new is kept then",
      {
        retention: {
          at: SWEPT.at + HOUR,
          standings: SWEPT.standings.map((one) => ({ ...one, stopped: true })),
        },
      },
      [
        "not all of it is gone (D13).",
        "Until that has gone well, I keep nothing new of this: D13.",
      ],
    ],
    [
      "an account of the sweeps that was changed",
      { chain: [7, 12] },
      ["My account of these looks is not as I wrote it (from run 7, 12 on)", "`retention`"],
    ],
    [
      "an account of the sweeps that was cut off",
      { missingRuns: Date.UTC(2026, 10, 29, 4, 59) },
      [
        "Looks are missing at the end of my account, up to that of 2026-11-29 04:59 UTC:",
        "somebody took them away, or a backup from before was restored. Find out which.",
      ],
    ],
    [
      "an account of the sweeps whose end is noted nowhere",
      { noted: false },
      ["I could not note outside the data directory: see that I may write to `runsEndFile`."],
    ],
    [
      "an account of the sweeps that cannot be read",
      { chain: "unread" },
      ["I cannot read my account of these looks"],
    ],
    [
      "a journal that keeps lines too long, and a web server that does",
      { copies: { journal: "too-long", nginx: "too-long" } },
      ["journald keeps it too long: set `MaxRetentionSec=14day`", "set `maxage 59`"],
    ],
    [
      "standard error whose keeper cannot be seen",
      { copies: { journal: "unseen", nginx: "too-long" } },
      ["I cannot see who keeps that; people are promised 14 days", "`maxage 59`"],
    ],
    [
      "a record that was changed, and cut off",
      { audit: { broken: [1], missing: [2] } },
      [
        "The record of what operators had me do is not as I wrote it",
        "Entries are missing at the end of the record",
        "Say `!usher admin audit verify`",
      ],
    ],
    ["a record cut off", { audit: { missing: [2] } }, ["Say `!usher admin audit verify`"]],
    [
      "one file that stays",
      { lateFiles: 1 },
      ["1 file should be gone from the homeserver and is there still"],
    ],
    [
      "files that stay",
      { lateFiles: 3 },
      ["3 files should be gone from the homeserver and are there still", "I try again each hour"],
    ],
    [
      "no way to learn of deactivated accounts",
      { accounts: { module: false, admin: "none" } },
      ["I cannot know when an account on example.org is deactivated", "the module or an admin's"],
    ],
    [
      "an admin's token that is not accepted",
      { accounts: { admin: "token" } },
      ["does not accept the token in `synapse.adminTokenFile`"],
    ],
    [
      "an admin's token that is Usher's own",
      { accounts: { admin: "own-token" } },
      ["is my own", "make another account"],
    ],
    [
      "a token that is no admin's",
      { accounts: { admin: "forbidden" } },
      ["is no admin's, so I am told nothing"],
    ],
    [
      "an admin API that does not answer",
      { accounts: { admin: "silent" } },
      ["nothing of Synapse's admin API answers at `synapse.adminUrl`"],
    ],
    [
      "an admin API of another homeserver",
      { accounts: { admin: "elsewhere" } },
      ["does not know my account"],
    ],
    [
      "an alias of the operators' room that leads elsewhere",
      { movedTo: "!else:example.org" as RoomId },
      ["its alias leads to another room now, `!else:example.org`", "into `operatorsRoom`"],
    ],
    [
      "an operators' room that can be read from outside",
      { office: [["m.room.history_visibility", { history_visibility: "world_readable" }]] },
      ["Operators' room: its history can be read from outside; whoever is there"],
    ],
    [
      "a bridged operators' room",
      { office: [["m.bridge", { protocol: "irc" }]] },
      ["Operators' room: it is bridged, so what is written there goes elsewhere too; whoever"],
    ],
    [
      "one room without power",
      { powerless: 1 },
      ["in 1 room I can no longer change what I have added: `!r0:example.org`", "`!usher status`"],
    ],
    [
      "several rooms without power",
      { powerless: 2 },
      ["in 2 rooms I can no longer change", "`!r0:example.org, !r1:example.org`"],
    ],
    [
      "a website that fails",
      { sites: { "a.example": { is: "answered", status: 502 } } },
      ["a.example (pad): it answers with the error 502. Ask who runs it."],
    ],
    [
      "a website without a name",
      { sites: { "a.example": { is: "unknown-name" } } },
      [
        "a.example (pad): there is no such name. Correct the entry of the catalogue, or disable it.",
      ],
    ],
    [
      "a website with a bad certificate",
      { sites: { "a.example": { is: "certificate" } } },
      ["a.example (pad): its certificate is not valid", "Renew it."],
    ],
    [
      "a silent website",
      { sites: { "a.example": { is: "silent" } } },
      ["a.example (pad): it does not answer. See whether it runs"],
    ],
  ];
  it.each(faults)("names %s, and how to mend it", async (_, found, parts) => {
    const [wrong = "", right = ""] = (await told(found)).split("\n\nIn order:");
    expect(wrong).toMatch(/^I found 1 thing to mend:/u);
    for (const part of parts) {
      expect(wrong).toContain(part);
      expect(right).not.toContain(part);
    }
  });

  it.each<readonly [string, Found, string]>([
    ["the time", { homeserver: { skewMs: undefined } }, "homeserver does not tell its time"],
    ["a limit", { homeserver: { uploadBytes: undefined } }, "does not say how large they may be"],
    ["free space", { disk: { freeBytes: undefined } }, "the system does not say how much is free"],
    ["its name", { homeserver: { server: undefined } }, "Homeserver: Matrix 1.12"],
  ])("takes it for no fault where nothing is told of %s", async (_, found, part) => {
    const said = await told(found);
    expect(said).toMatch(/^I found nothing to mend\./u);
    expect(said).toContain(part);
  });

  it.each<readonly [string, Found, string]>([
    ["limits 25 hours ago", { limitedAgo: 25 * HOUR }, "Limits: none met in the last day"],
    [
      "several websites that answer",
      { sites: { "a.example": well, "b.example": { is: "answered", status: 404 } } },
      "Catalogue: 2 websites answer",
    ],
  ])("finds no fault in %s", async (_, found, part) => {
    const said = await told(found);
    expect(said).toMatch(/^I found nothing to mend\./u);
    expect(said).toContain(part);
  });
});
