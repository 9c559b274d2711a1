import type { View } from "../../src/kernel/errors.ts";

const file = "/srv/usher/data-backups/usher-backup-2026-11-29T13-40-05.000Z.age";
const doctor = { configured: true, late: false, opened: false, broken: false };
const last = "2026-11-29 13:40";

/** What is said of backups. */
export const BACKUP_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "admin/backup": [{ file, keys: file.replace(".age", ".keys.age"), files: 412, kibibytes: 96 }],
  "doctor/backup": [
    { ...doctor, last },
    { ...doctor, last, opened: true },
    { ...doctor, last, late: true },
    { ...doctor, last, broken: true },
    { ...doctor, last: undefined },
    { ...doctor, configured: false, last: undefined },
  ],
  "help/admin-backup": [{}],
  "error/backup-recipient": [{}],
  "error/backup-busy": [{}],
  "error/backup-not-kept": [{ code: "EPERM" }],
  "error/backup-damaged": [{}],
  "error/backup-newer": [{ usher: "0.3.0" }],
  "error/backup-closed": [{ file }],
  "error/backup-other-account": [{ userId: "@other:example.org" }],
  "error/backup-keys": [{ file: file.replace(".age", ".keys.age") }],
  "error/backup-tombstones": [{ file: "/srv/usher/secrets/data-erased" }],
};
