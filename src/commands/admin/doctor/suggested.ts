import type { Suggestion } from "../../../integrations/kind.ts";
import type { Finding } from "./finding.ts";

const NAMED = 5;

/** What could be offered as well, which is no fault. */
export function suggested(all: readonly Pick<Suggestion, "name">[]): readonly Finding[] {
  if (all.length === 0) return [];
  const names = all.slice(0, NAMED).map(({ name }) => name);
  const view = { names: names.join(", "), more: all.length - names.length || undefined };
  return [{ well: true, finding: { template: "doctor/suggestions", view } }];
}
