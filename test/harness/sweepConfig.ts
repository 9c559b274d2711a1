import { join } from "node:path";
import type { Config } from "../../src/config/load.ts";
import { logsSection } from "../../src/config/logs.ts";
import { retentionSection } from "../../src/config/retention.ts";

/** What `sweepAlone` takes, with everything in one folder. */
export function sweepConfig(folder: string) {
  return {
    dataDir: join(folder, "data"),
    tombstonesFile: join(folder, "erased"),
    auditEndFile: join(folder, "audit-end"),
    runsEndFile: join(folder, "runs-end"),
    language: "en" as const,
    logLevel: "info" as const,
    logs: logsSection.parse({}),
    retention: retentionSection.parse({}),
    backup: {
      folder: join(folder, "backups"),
      recipient: undefined,
      keepDays: 30,
    } as Config["backup"],
    homeserver: { userId: "@usher:example.org" } as Config["homeserver"],
  };
}
