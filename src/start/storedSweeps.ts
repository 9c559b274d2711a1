import type { Backups } from "../backup/backups.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Part } from "../matrix/part.ts";
import { DISCLOSURE } from "../privacy/records/cases.ts";
import { RECEIPT } from "../privacy/records/rights.ts";
import type { AuditTrail } from "../store/auditTrail.ts";
import { sweepDisclosures } from "../store/disclosures.ts";
import type { Documents } from "../store/documents.ts";
import { sweepReceipts } from "../store/erasures.ts";
import type { Tombstones } from "../store/tombstones.ts";
import { sweepUnderage } from "../store/underage.ts";

interface Stored {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly tombstones: Tombstones;
  readonly backups: Backups;
}

/** What goes after a time and is nothing else's to do, whether Usher runs or not. */
export function storedSweeps({ documents, clock, audit, tombstones, backups }: Stored) {
  return {
    backups,
    audit: { name: "audit", sweep: () => audit.sweep() },
    disclosures: {
      name: "disclosures",
      sweeps: DISCLOSURE,
      sweep: () => sweepDisclosures(documents, clock),
    },
    receipts: {
      name: "receipts",
      sweeps: RECEIPT,
      sweep: () => sweepReceipts(documents, clock),
    },
    underage: { name: "underage", sweep: () => sweepUnderage(documents, clock) },
    tombstones: { name: "tombstones", sweep: () => tombstones.sweep() },
  } satisfies Readonly<Record<string, Part>>;
}
