import { defineCommand, type Command } from "../../chat/command.ts";
import type { Backups } from "../../backup/backups.ts";

export interface BackupCommandDeps {
  readonly backups: Pick<Backups, "make">;
}

/** `admin backup`: a sealed copy of what Usher keeps, in the folder that the configuration names. */
export function adminBackup({ backups }: BackupCommandDeps): Command {
  return defineCommand({
    words: "admin backup",
    parameters: {},
    operatorsOnly: true,
    signedDevice: true,
    example: "admin backup",
    changes: false,
    answer: async () => {
      const { data, keys, size, files } = await backups.make();
      const view = { file: data, keys, files, kibibytes: Math.ceil(size / 1024) };
      return { template: "admin/backup", view };
    },
  });
}
