import { declareFileAnywhere } from "../privacy/declared.ts";
import { BACKUP } from "../privacy/records/backups.ts";

/** The folder that the operator chose for backups. */
export const backupFolder = declareFileAnywhere("backup.folder", BACKUP);
