import type { UserId } from "../../kernel/ids.ts";
import type { Fate, Scope } from "../../privacy/erased.ts";
import type { FateCount } from "../../store/erasures.ts";
import type { Holding } from "../holdings/holding.ts";

/** How much of each record would become what, were the person erased now. What goes last counts as erased. */
export async function fateCounts(
  person: UserId,
  holdings: readonly Holding[],
  scope: Scope,
): Promise<readonly FateCount[]> {
  const counts = new Map<string, FateCount>();
  for (const holding of holdings)
    for await (const fate of holding.fates(person, scope)) add(counts, fate);
  return [...counts.values()].filter(({ count }) => count > 0);
}

function add(counts: Map<string, FateCount>, { record, is, insteadOf }: Fate): void {
  count(counts, record.id, is === "last" ? "erased" : is, 1);
  if (insteadOf !== undefined) count(counts, record.id, insteadOf, -1);
}

function count(
  counts: Map<string, FateCount>,
  record: string,
  is: FateCount["is"],
  more: number,
): void {
  const key = `${record} ${is}`;
  counts.set(key, { record, is, count: (counts.get(key)?.count ?? 0) + more });
}

/**
 * What is still there of a person after an erasure: of whatever could go. Where a place cannot be looked into, something of each of its records counts
 * as there.
 */
export async function leftOf(
  person: UserId,
  holdings: readonly Holding[],
  scope: Scope,
  onFailure: (error: unknown) => void,
): Promise<readonly FateCount[]> {
  const counts = new Map<string, FateCount>();
  for (const holding of holdings) {
    try {
      for await (const fate of holding.fates(person, scope))
        if (fate.is === "erased" || fate.is === "nameless") add(counts, fate);
    } catch (error) {
      onFailure(error);
      for (const record of holding.records()) add(counts, { record, is: "erased" });
    }
  }
  return [...counts.values()].filter(({ count: left }) => left > 0);
}
