import { Backups } from "../backup/backups.ts";
import { removeLeftBackups } from "../backup/backupFiles.ts";
import { identityIn } from "../backup/identity.ts";
import type { Config } from "../config/load.ts";
import { nodeFiles } from "../files/files.ts";
import type { Clock } from "../kernel/clock.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { encryptionMemory } from "../matrix/encryptionState.ts";
import { checkLogin } from "../matrix/login.ts";
import { SynapseAdmin } from "../matrix/synapseAdmin.ts";
import { Websites } from "../net/websites.ts";
import { removeLeftExports } from "../rights/export/folder.ts";
import { KeptCredentials } from "../secrets/credentials.ts";
import { DataKeys } from "../secrets/dataKeys.ts";
import type { Documents } from "../store/documents.ts";
import type { Part } from "../matrix/part.ts";
import { hashesOf } from "../store/layout.ts";
import { openStore } from "../store/openStore.ts";
import { Tombstones } from "../store/tombstones.ts";
import { connect, type Connection } from "./connection.ts";
import type { OpenLog } from "./log.ts";

interface Setting {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweepLogs: OpenLog["sweepLogs"];
}

/** What everything that Usher does stands on. */
export interface Ground extends Omit<Setting, "sweepLogs">, Connection {
  /** What deletes old log files. */
  readonly logs: Part;
  readonly documents: Documents;
  readonly tombstones: Tombstones;
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
  const documents = await openStore({
    dir: config.dataDir,
    clock,
    onQuarantine: ({ kind, reason }) => {
      log.error({ class: "ops", what: `document.quarantined.${kind}`, code: reason });
    },
  });
  opened.defer(() => documents.close());
  const logs: Part = { name: "logs", sweep: () => sweepFiles(setting.sweepLogs) };
  // The homeserver may not answer for days.
  await logs.sweep?.().catch((error: unknown) => {
    log.error({ class: "ops", what: "sweep.failed", ...errorFields(error) });
  });
  const tombstones = new Tombstones({
    ...{ documents, clock, files: nodeFiles, path: config.tombstonesFile },
    hash: await hashesOf(nodeFiles, config.dataDir),
  });
  const dataKeys = await DataKeys.open({
    ...{ documents, clock, files: nodeFiles, dataDir: config.dataDir },
    ...{ path: config.keys.file, groupMayRead: config.keys.groupMayRead },
  });
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
  const credentials = new KeptCredentials({ documents, clock, dataKeys });
  const { identityFile } = config.backup;
  const identity =
    identityFile === undefined
      ? undefined
      : async () => identityIn((await nodeFiles.read(identityFile)) ?? "");
  const backups = new Backups({ ...config, clock, identity });
  const kept = { documents, tombstones, dataKeys, credentials, backups };
  return { ...setting, ...connection, ...kept, http: new Websites({ clock }), admin, logs };
}

async function sweepFiles(sweep: OpenLog["sweepLogs"]): Promise<void> {
  const [first] = Object.values(await sweep()).flatMap(({ errors }) => errors);
  if (first !== undefined)
    throw Object.assign(new Error("a log file was not deleted"), { code: first });
}
