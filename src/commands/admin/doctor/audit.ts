import type { AuditReport } from "../../../store/auditTrail.ts";
import type { Finding } from "./finding.ts";

export type AuditFacts = Pick<AuditReport, "broken" | "missing">;

/** Whether the record of what operators have had Usher do is as it was written, and whole at its end (D35). `admin audit verify` says which entries it is about. */
export function audit({ broken, missing }: AuditFacts): Finding {
  const [changed, lacking] = [broken.length > 0, missing.length > 0];
  return {
    well: !changed && !lacking,
    finding: { template: "doctor/audit", view: { changed, lacking } },
  };
}
