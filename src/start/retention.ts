import { knownBackups } from "../backup/backupFiles.ts";
import type { Config } from "../config/load.ts";
import { logLimits } from "../config/logs.ts";
import type { Clock } from "../kernel/clock.ts";
import { BACKUP } from "../privacy/records/backups.ts";
import { CREDENTIAL } from "../privacy/records/secrets.ts";
import { TOMBSTONE } from "../privacy/records/tombstones.ts";
import { Retention } from "../retention/retention.ts";
import { runsEnd } from "../retention/runs.ts";
import type { Documents } from "../store/documents.ts";
import type { Tombstones } from "../store/tombstones.ts";
import type { OpenLog } from "./log.ts";

interface Sources {
  readonly config: Pick<Config, "backup" | "dataDir" | "logs" | "retention" | "runsEndFile">;
  readonly clock: Clock;
  readonly documents: Documents;
  readonly tombstones: Tombstones;
  readonly sweepLogs: OpenLog["sweepLogs"];
}

/** The sweeps, which know what was found at the last ones. Log files go at once: the homeserver, which all else waits for, may not answer for days. */
export async function openRetention(sources: Sources): Promise<Retention> {
  const { config, tombstones, sweepLogs } = sources;
  await sweepLogs("between");
  const retention = new Retention({
    ...sources,
    dataDir: config.dataDir,
    runsEnd: runsEnd(config),
    limits: logLimits(config.logs.keepDays),
    shorter: { [CREDENTIAL.id]: { days: config.retention.unusedCredentialDays } },
    beside: {
      [TOMBSTONE.id]: () => tombstones.heldSince(),
      [BACKUP.id]: async () => (await knownBackups(config.backup.folder)).map(({ at }) => at),
    },
  });
  await retention.open();
  return retention;
}
