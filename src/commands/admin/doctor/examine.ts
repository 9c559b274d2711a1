import type { NoticeFacts } from "../../../config/facts.ts";
import { DAY_MS, HOUR_MS } from "../../../kernel/days.ts";
import type { View } from "../../../kernel/errors.ts";
import { officeView, type OfficeFault } from "../../../chat/officeFaults.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { HomeserverFacts } from "../../../matrix/checkup.ts";
import type { CryptoStatus } from "../../../matrix/crypto/cryptoStatus.ts";
import type { DiskFacts } from "../../../store/checkDisk.ts";
import type { Suggestion } from "../../../integrations/kind.ts";
import type { KeyRingFacts } from "../../../secrets/dataKeys.ts";
import type { BackupFacts } from "../../../backup/backups.ts";
import { audit, type AuditFacts } from "./audit.ts";
import { backup } from "./backup.ts";
import { accounts, type AccountFacts } from "./accounts.ts";
import type { Finding } from "./finding.ts";
import { copies, exportFiles, retention, type RetentionFacts } from "./retention.ts";
import type { Copies } from "../../../logs/copies.ts";
import { keyRing } from "./keyRing.ts";
import { sites, type SiteFacts } from "./sites.ts";
import { suggested } from "./suggested.ts";

/** All that the doctor looks at. */
export interface Facts {
  readonly me: UserId;
  readonly homeserver: HomeserverFacts;
  readonly disk: DiskFacts;
  /** Undefined where encryption is off. */
  readonly crypto: CryptoStatus | undefined;
  /** Whether there is a room for operators. */
  readonly operatorsRoom: boolean;
  /** Nobody is there who could be told of what must be answered, or the last time nobody could be. */
  readonly unheard: boolean;
  /** Who else may come into it or read along. */
  readonly officeFaults: readonly OfficeFault[];
  /** Where its alias leads now, if elsewhere. */
  readonly officeMovedTo: RoomId | undefined;
  /** How Usher learns that accounts were deactivated; undefined where what is stored cannot be read. */
  readonly accounts: AccountFacts | undefined;
  /** How many exported files should be gone from the homeserver and are not; undefined as well. */
  readonly lateFiles: number | undefined;
  readonly keyRing: KeyRingFacts | undefined;
  /** Undefined where what is stored cannot be read. */
  readonly backups: BackupFacts | undefined;
  /** What goes after a time; undefined as well. */
  readonly retention: RetentionFacts | undefined;
  readonly copies: Copies;
  /** What operators have had Usher do; undefined as well. */
  readonly audit: AuditFacts | undefined;
  /** Whether the homeserver has limited Usher's requests lately. */
  readonly limited: boolean;
  /** Names of what could not be learned or done at the start, and is tried again. */
  readonly missing: readonly string[];
  /** Rooms where Usher has added things and may no longer change them. */
  readonly powerless: readonly RoomId[];
  /** What the privacy notice stands on, by the configuration. */
  readonly notice: Pick<NoticeFacts, "reviewedBy" | "reviewedOn" | "safeguards">;
  /** Ms since the epoch. */
  readonly now: number;
  /** What kinds say of the programs that they need. */
  readonly ofKinds: readonly Finding[];
  /** What they have found that the catalogue does not have. */
  readonly suggestions: readonly Pick<Suggestion, "name">[];
  /** Websites that entries of the catalogue lead to. */
  readonly sites: readonly SiteFacts[];
}

/** After this, what was vouched for is to be looked at again. */
const SAFEGUARD_DAYS = 365;
/** Below this, encryption and the timing of commands suffer; ms. Signatures and tokens of other services fail earlier than people notice. */
const MOST_SKEW_MS = 5_000;
const LEAST_FREE_BYTES = 500 * 1_048_576;
/** Sticker packs and exports are files of this size at least. */
const LEAST_UPLOAD_BYTES = 10 * 1_048_576;
/** Since 1.11, media is fetched with the token; before, it is not served to those who ask that way. */
const LEAST_VERSION = 11;
/** How many rooms a sentence names. */
const NAMED = 5;

/** What the facts mean, in the order in which faults are best mended. */
export function examine(facts: Facts): readonly Finding[] {
  const { me, homeserver, disk, crypto, limited, missing, powerless } = facts;
  return [
    token(homeserver.token, me),
    homeserverVersion(homeserver),
    clock(homeserver.skewMs),
    media(homeserver.uploadBytes),
    folder(disk.writable),
    space(disk.freeBytes),
    documents(disk.putAside),
    encryption(crypto),
    {
      well: missing.length === 0,
      finding: { template: "doctor/missing", view: missingView(missing) },
    },
    ...(facts.accounts === undefined ? [] : [accounts(facts.accounts, me)]),
    ...(facts.lateFiles === undefined ? [] : [exportFiles(facts.lateFiles)]),
    ...(facts.retention === undefined ? [] : [retention(facts.retention, facts.now)]),
    copies(facts.copies),
    ...(facts.audit === undefined ? [] : [audit(facts.audit)]),
    ...(facts.keyRing === undefined ? [] : [keyRing(facts.keyRing)]),
    ...(facts.backups === undefined ? [] : [backup(facts.backups, facts.now)]),
    { well: !limited, finding: { template: "doctor/limits", view: { limited, me } } },
    ...office(facts),
    {
      well: !facts.unheard,
      finding: { template: "doctor/unheard", view: { unheard: facts.unheard } },
    },
    power(powerless, me),
    review(facts.notice),
    safeguards(facts),
    ...facts.ofKinds,
    ...suggested(facts.suggestions),
    ...sites(facts.sites),
  ];
}

function token(found: HomeserverFacts["token"], me: UserId): Finding {
  if ("refused" in found)
    return {
      well: false,
      finding: { template: "doctor/token", view: { refused: found.refused, other: undefined, me } },
    };
  const other = found.user === me ? undefined : found.user;
  return {
    well: other === undefined,
    finding: { template: "doctor/token", view: { refused: undefined, other, me } },
  };
}

function homeserverVersion({ server, versions }: HomeserverFacts): Finding {
  const spoken = (versions ?? []).flatMap((version) => {
    const [, minor] = /^v1\.(\d{1,3})$/.exec(version) ?? [];
    return minor === undefined ? [] : [Number(minor)];
  });
  const newest = spoken.length === 0 ? undefined : Math.max(...spoken);
  const view = {
    server,
    newest: newest === undefined ? undefined : `1.${String(newest)}`,
    least: `1.${String(LEAST_VERSION)}`,
  };
  const well = newest !== undefined && newest >= LEAST_VERSION;
  return {
    well,
    finding: {
      template: "doctor/homeserver",
      view: { ...view, silent: versions === undefined, old: !well && versions !== undefined },
    },
  };
}

function clock(skewMs: number | undefined): Finding {
  const well = skewMs !== undefined && Math.abs(skewMs) <= MOST_SKEW_MS;
  const view = {
    unknown: skewMs === undefined,
    apart: !well && skewMs !== undefined,
    ...{ seconds: undefined, minutes: undefined, hours: undefined, days: undefined },
    ...inUnits(Math.abs(skewMs ?? 0)),
    ahead: (skewMs ?? 0) > 0,
  };
  // A proxy that drops the header is no fault that matters to anybody.
  return { well: well || skewMs === undefined, finding: { template: "doctor/clock", view } };
}

/** In the largest unit of which there are two at least; ms. */
function inUnits(length: number): Record<string, number> {
  if (length < 120_000) return { seconds: Math.round(length / 1000) };
  if (length < 2 * HOUR_MS) return { minutes: Math.round(length / 60_000) };
  if (length < 2 * DAY_MS) return { hours: Math.round(length / HOUR_MS) };
  return { days: Math.round(length / DAY_MS) };
}

function media(bytes: number | undefined): Finding {
  const well = bytes === undefined || bytes >= LEAST_UPLOAD_BYTES;
  const mebibytes = bytes === undefined ? undefined : Math.floor(bytes / 1_048_576);
  return {
    well,
    finding: {
      template: "doctor/media",
      view: { unknown: bytes === undefined, well, mebibytes: mebibytes ?? 0 },
    },
  };
}

function space(bytes: number | undefined): Finding {
  const well = bytes === undefined || bytes >= LEAST_FREE_BYTES;
  const mebibytes = bytes === undefined ? 0 : Math.floor(bytes / 1_048_576);
  return {
    well,
    finding: { template: "doctor/space", view: { unknown: bytes === undefined, well, mebibytes } },
  };
}

function folder(writable: DiskFacts["writable"]): Finding {
  const well = writable === true;
  const view = { code: writable === true ? undefined : writable };
  return { well, finding: { template: "doctor/writable", view } };
}

function documents(putAside: number): Finding {
  return {
    well: putAside === 0,
    finding: { template: "doctor/documents", view: { putAside: putAside || undefined } },
  };
}

function encryption(crypto: Facts["crypto"]): Finding {
  const off = crypto === undefined;
  const healthy = crypto?.healthy === true;
  const signed = crypto?.signed === true;
  return {
    well: off || (healthy && signed),
    finding: { template: "doctor/encryption", view: { off, healthy, signed } },
  };
}

/** The room for operators: whether it is where it was, is closed to others, and is there at all. */
function office({
  operatorsRoom: there,
  officeFaults,
  officeMovedTo: to,
  missing,
}: Facts): readonly Finding[] {
  // What is not known yet is no fault of the configuration.
  const known = !missing.includes("operators-room");
  return [
    ...(to === undefined
      ? []
      : [{ well: false, finding: { template: "doctor/office-moved", view: { to } } }]),
    ...(officeFaults.length === 0
      ? []
      : [{ well: false, finding: { template: "doctor/office", view: officeView(officeFaults) } }]),
    ...(known
      ? [{ well: there, finding: { template: "doctor/operators-room", view: { there } } }]
      : []),
  ];
}

function power(powerless: readonly RoomId[], me: UserId): Finding {
  const view = {
    count: powerless.length || undefined,
    rooms: powerless.slice(0, NAMED).join(", "),
    me,
  };
  return { well: powerless.length === 0, finding: { template: "doctor/power", view } };
}

/** Whether anybody who knows the law has read the notice (R81). */
function review({ reviewedBy: by, reviewedOn: on }: Facts["notice"]): Finding {
  const well = by !== undefined && on !== undefined;
  return {
    well,
    finding: { template: "doctor/review", view: well ? { by, on } : { by: undefined } },
  };
}

/** Whether what the operator vouches for is still so (R72). */
function safeguards({ notice, now }: Facts): Finding {
  const old = notice.safeguards.filter(
    ({ attestedOn }) => now - Date.parse(attestedOn) > SAFEGUARD_DAYS * DAY_MS,
  );
  const said = old.map(({ statement, attestedOn }) => ({ statement, attestedOn }));
  const view = { count: notice.safeguards.length, old: said };
  return { well: old.length === 0, finding: { template: "doctor/safeguards", view } };
}

function missingView(missing: readonly string[]): View {
  return {
    some: missing.length > 0,
    operatorsRoom: missing.includes("operators-room"),
    displayName: missing.includes("display-name"),
    rooms: missing.includes("rooms"),
    encryption: missing.includes("encryption"),
    moduleListener: missing.includes("module-listener"),
    webServer: missing.includes("web-server"),
    sweep: missing.includes("sweep"),
  };
}
