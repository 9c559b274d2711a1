import { Backups } from "../backup/backups.ts";
import { askedStill, removeLeftBackups } from "../backup/backupFiles.ts";
import { finishRestore } from "../backup/replaceDirectory.ts";
import { identitiesIn } from "../backup/identity.ts";
import type { Config } from "../config/load.ts";
import { isStillAsked } from "../files/askStill.ts";
import { nodeFiles } from "../files/files.ts";
import { StillFiles } from "../files/stillFiles.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import { encryptionMemory } from "../matrix/encryptionState.ts";
import { checkLogin } from "../matrix/login.ts";
import { SynapseAdmin } from "../matrix/synapseAdmin.ts";
import { Websites } from "../net/websites.ts";
import { removeLeftExports } from "../rights/export/folder.ts";
import { KeptCredentials } from "../secrets/credentials.ts";
import { DataKeys } from "../secrets/dataKeys.ts";
import { takeRing } from "../secrets/takeRing.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { logQuarantined, openStore } from "../store/openStore.ts";
import { openAuditTrail, type AuditTrail } from "../store/auditTrail.ts";
import { openTombstones, type Tombstones } from "../store/tombstones.ts";
import { connect, type Connection } from "./connection.ts";
import type { OpenLog } from "./log.ts";
import { openRetention } from "./retention.ts";

interface Setting {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweepLogs: OpenLog["sweepLogs"];
}

/** What everything that Usher does stands on. */
export interface Ground extends Omit<Setting, "sweepLogs">, Connection {
  /** What sees to it that things go when they should. */
  readonly retention: Retention;
  readonly documents: Documents;
  readonly tombstones: Tombstones;
  readonly audit: AuditTrail;
  readonly dataKeys: DataKeys;
  readonly credentials: KeptCredentials;
  readonly backups: Backups;
  readonly http: Websites;
  /** The homeserver's admin API; undefined where Usher may not ask there. */
  readonly admin: SynapseAdmin | undefined;
}

/**
 * Opens the data directory, the session and the keys; `opened` takes what is to be closed. Rejects
 * with an `UsherError` where Usher cannot start.
 */
export async function openGround(setting: Setting, opened: AsyncDisposableStack): Promise<Ground> {
  const { config, clock, log } = setting;
  await finishRestore(config.dataDir);
  const written = new StillFiles(nodeFiles, () => isStillAsked(askedStill(config.dataDir)));
  const documents = await openStore({
    dir: config.dataDir,
    files: written.files,
    clock,
    onQuarantine: logQuarantined(log),
  });
  opened.defer(() => documents.close());
  const tombstones = await openTombstones(config, { documents, clock });
  const audit = openAuditTrail(config, { documents, clock, log });
  const retention = await openRetention({ ...setting, documents, tombstones });
  const dataKeys = await DataKeys.open({
    ...{ documents, clock, files: nodeFiles, dataDir: config.dataDir },
    ...{ path: config.keys.file, groupMayRead: config.keys.groupMayRead },
  });
  opened.defer(takeRing(dataKeys.ringPath));
  await removeLeftExports(config.dataDir);
  await removeLeftBackups(config.dataDir);
  const connection = await connect({
    ...setting,
    opened,
    memory: encryptionMemory(documents),
    whoami: async (call) => {
      const login = await checkLogin({ ...setting, ...config.homeserver, documents, call });
      return login.deviceId;
    },
  });
  const { me } = connection.matrix;
  const access = config.synapse.admin;
  const admin =
    access && new SynapseAdmin({ url: access.url, token: access.token.reveal(), me, clock });
  opened.defer(() => {
    admin?.stop();
  });
  const credentials = new KeptCredentials({ documents, clock, dataKeys, retention });
  const { identityFile } = config.backup;
  const identities =
    identityFile === undefined
      ? undefined
      : async () => identitiesIn((await nodeFiles.read(identityFile)) ?? "");
  const backups = new Backups({ ...config, clock, identities, still: written.during });
  const kept = { documents, tombstones, audit, dataKeys, credentials, backups };
  return { ...setting, ...connection, ...kept, http: new Websites({ clock }), admin, retention };
}
