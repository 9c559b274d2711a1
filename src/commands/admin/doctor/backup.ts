import type { BackupFacts } from "../../../backup/backups.ts";
import { DAY_MS, minuteOf } from "../../../kernel/days.ts";
import type { Finding } from "./finding.ts";

/** How old the last backup may be until operators are told; ms. */
const LATE_MS = 8 * DAY_MS;

/** Whether there is a backup of late, and whether it opens, where that can be told here. */
export function backup({ configured, lastAt, opens }: BackupFacts, now: number): Finding {
  const late = configured && (lastAt === undefined || now - lastAt > LATE_MS);
  const well = !late && opens !== false;
  const view = {
    configured,
    late,
    last: lastAt === undefined ? undefined : minuteOf(lastAt),
    broken: opens === false,
    opened: opens === true,
  };
  return { well, finding: { template: "doctor/backup", view } };
}
