import type { Role } from "../../config/roles.ts";
import type { CaseKind } from "../../store/cases.ts";

/** What is written to whoever is there for support, too. */
const FOR_SUPPORT: readonly CaseKind[] = ["human", "feedback"];

/** Who sees cases of a kind, answers them, and is told of them. */
export function answeredBy(kind: CaseKind): readonly Role[] {
  return FOR_SUPPORT.includes(kind) ? ["dpo", "support"] : ["dpo"];
}
