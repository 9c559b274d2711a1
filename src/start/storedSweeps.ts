import type { Backups } from "../backup/backups.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Part } from "../matrix/part.ts";
import { sweepAudit } from "../store/audit.ts";
import { sweepDisclosures } from "../store/disclosures.ts";
import type { Documents } from "../store/documents.ts";
import { sweepReceipts } from "../store/erasures.ts";
import type { Tombstones } from "../store/tombstones.ts";
import { sweepUnderage } from "../store/underage.ts";

interface Stored {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly tombstones: Tombstones;
  readonly backups: Backups;
}

/** What goes after a time and is nothing else's to do, whether Usher runs or not. */
export function storedSweeps({ documents, clock, tombstones, backups }: Stored) {
  return {
    backups,
    audit: { name: "audit", sweep: () => sweepAudit(documents, clock) },
    disclosures: { name: "disclosures", sweep: () => sweepDisclosures(documents, clock) },
    receipts: { name: "receipts", sweep: () => sweepReceipts(documents, clock) },
    underage: { name: "underage", sweep: () => sweepUnderage(documents, clock) },
    tombstones: { name: "tombstones", sweep: () => tombstones.sweep() },
  } satisfies Readonly<Record<string, Part>>;
}
