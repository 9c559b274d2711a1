import { DAY_MS } from "../../../kernel/days.ts";
import { defineCommand, type Command } from "../../../chat/command.ts";
import { officeFaults } from "../../../chat/officeFaults.ts";
import type { OperatorsRoom } from "../../../chat/place.ts";
import { carryingNeeds, type RoomUpgradeHandler } from "../../../integrations/roomUpgrade.ts";
import type { Suggestion } from "../../../integrations/kind.ts";
import type { BackupFacts } from "../../../backup/backups.ts";
import type { Probe } from "../../../net/probe.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId } from "../../../kernel/ids.ts";
import type { HomeserverFacts } from "../../../matrix/checkup.ts";
import type { CryptoStatus } from "../../../matrix/crypto/cryptoStatus.ts";
import type { OwnAccount, PowerLevels, RequestLimits, RoomState } from "../../../matrix/port.ts";
import { allowed } from "../../../matrix/power.ts";
import type { DiskFacts } from "../../../store/checkDisk.ts";
import type { Copies } from "../../../logs/copies.ts";
import type { Retention } from "../../../retention/retention.ts";
import type { RetentionFacts } from "./retention.ts";
import type { AuditTrail } from "../../../store/auditTrail.ts";
import type { Documents } from "../../../store/documents.ts";
import { roomDocument } from "../../../store/room.ts";
import type { AccountFacts } from "./accounts.ts";
import type { KeyRingFacts } from "../../../secrets/dataKeys.ts";
import { examine, type Facts } from "./examine.ts";

export interface DoctorDeps {
  readonly matrix: OwnAccount & RequestLimits & Pick<RoomState, "allState"> & PowerLevels;
  readonly clock: Clock;
  /** Undefined where what is stored cannot be read. */
  readonly documents: Documents | undefined;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly noticeFacts: Facts["notice"];
  readonly homeserver: () => Promise<HomeserverFacts>;
  readonly disk: () => Promise<DiskFacts>;
  readonly cryptoReport: () => Promise<CryptoStatus | undefined>;
  /** Undefined where what is stored cannot be read. */
  readonly accounts: (() => Promise<AccountFacts>) | undefined;
  readonly lateFiles: (() => Promise<number>) | undefined;
  readonly retention: Pick<Retention, "report" | "verify"> | undefined;
  /** What keeps lines beside Usher. */
  readonly copies: () => Promise<Copies>;
  readonly audit: Pick<AuditTrail, "verify"> | undefined;
  readonly keyRing: (() => Promise<KeyRingFacts>) | undefined;
  readonly backupFacts: (() => Promise<BackupFacts>) | undefined;
  readonly operators: OperatorsRoom;
  /** Whether nobody can be told of what people ask of operators. */
  readonly unheard: () => boolean;
  /** What could not be learned or done at the start, and is tried again. */
  readonly missing: () => readonly string[];
  /** What kinds say of the programs that they need. */
  readonly checkups: () => Promise<Facts["ofKinds"]>;
  /** What kinds have found that the catalogue does not have. */
  readonly suggestions: () => Promise<readonly Suggestion[]>;
  /** Addresses that entries of the catalogue lead to, with the entries' ids. */
  readonly addresses: () => readonly { readonly entry: string; readonly url: URL }[];
  readonly probe: (url: URL) => Promise<Probe>;
}

/** How many rooms are looked at, and how many websites at once. */
const MOST_ROOMS = 200;
const PROBED_AT_ONCE = 6;
/** How long a limit of the homeserver's is worth a word; ms. */
const LATELY_MS = DAY_MS;

/** `admin doctor`: looks at everything Usher depends on, and says what is wrong and how to mend it. */
export function adminDoctor(parts: DoctorDeps): Command {
  return defineCommand({
    words: "admin doctor",
    parameters: {},
    operatorsOnly: true,
    example: "admin doctor",
    changes: false,
    answer: async () => {
      const findings = examine(await look(parts));
      return {
        template: "admin/doctor",
        view: {
          faults: findings.filter(({ well }) => !well),
          fine: findings.filter(({ well }) => well),
          count: findings.filter(({ well }) => !well).length,
        },
      };
    },
  });
}

async function look(parts: DoctorDeps): Promise<Facts> {
  const { matrix, operators, clock } = parts;
  const [homeserver, disk, crypto, stored, copies, powerless, ofKinds, suggestions, sites, state] =
    await Promise.all([
      parts.homeserver(),
      parts.disk(),
      parts.cryptoReport(),
      lookAtStored(parts),
      parts.copies(),
      powerlessRooms(parts),
      parts.checkups(),
      parts.suggestions(),
      lookAtSites(parts),
      operators.room === undefined ? [] : matrix.allState(operators.room).catch(() => []),
    ]);
  return {
    ...stored,
    me: parts.matrix.me,
    homeserver,
    disk,
    crypto,
    copies,
    operatorsRoom: parts.operators.room !== undefined,
    unheard: parts.unheard(),
    officeFaults: officeFaults(state),
    officeMovedTo: operators.movedTo,
    limited: matrix.limits.lastAt !== undefined && clock.now() - matrix.limits.lastAt < LATELY_MS,
    missing: parts.missing(),
    powerless,
    notice: parts.noticeFacts,
    now: clock.now(),
    ofKinds,
    suggestions,
    sites,
  };
}

type StoredFacts = Pick<
  Facts,
  "accounts" | "lateFiles" | "keyRing" | "backups" | "retention" | "audit"
>;

/** All is undefined where what is stored cannot be read. */
async function lookAtStored(parts: DoctorDeps): Promise<StoredFacts> {
  const [accounts, lateFiles, keyRing, backups, retention, audit] = await Promise.all([
    parts.accounts?.(),
    parts.lateFiles?.(),
    parts.keyRing?.(),
    parts.backupFacts?.(),
    retentionFacts(parts),
    parts.audit?.verify(),
  ]);
  return { accounts, lateFiles, keyRing, backups, retention, audit };
}

async function retentionFacts({ retention }: DoctorDeps): Promise<RetentionFacts | undefined> {
  if (retention === undefined) return undefined;
  return { report: retention.report(), chain: await retention.verify().catch(() => undefined) };
}

async function powerlessRooms({
  matrix,
  documents,
  upgradeHandlers,
}: DoctorDeps): Promise<readonly RoomId[]> {
  if (documents === undefined) return [];
  const found: RoomId[] = [];
  let looked = 0;
  for await (const { document } of documents.scan(roomDocument)) {
    const needs = carryingNeeds(upgradeHandlers, document);
    if (needs.length === 0 || document.upgrade?.state === "carried") continue;
    if (++looked > MOST_ROOMS) break;
    try {
      const power = await matrix.power(document.id);
      if (needs.some((need) => !allowed(power, matrix.me, need))) found.push(document.id);
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      found.push(document.id);
    }
  }
  return found;
}

async function lookAtSites({ addresses, probe }: DoctorDeps): Promise<Facts["sites"]> {
  const hosts = [...Map.groupBy(addresses(), ({ url }) => url.host)];
  const found: Facts["sites"][number][] = [];
  for (let from = 0; from < hosts.length; from += PROBED_AT_ONCE) {
    found.push(
      ...(await Promise.all(
        hosts.slice(from, from + PROBED_AT_ONCE).map(async ([host, entries]) => ({
          host,
          entries: [...new Set(entries.map(({ entry }) => entry))],
          probe: await probe(new URL(`https://${host}/`)),
        })),
      )),
    );
  }
  return found;
}
