import type { UserId } from "../../kernel/ids.ts";
import type { DataRecord } from "../../privacy/record.ts";
import type { Holding } from "./holding.ts";

/** How much of each record of the data map is held about a person, 0 among them; a record that no holding counts is not in it (R34). */
export async function countsAbout(
  person: UserId,
  holdings: readonly Holding[],
): Promise<ReadonlyMap<DataRecord, number>> {
  const counts = new Map<DataRecord, number>();
  for (const holding of holdings) {
    for (const record of holding.records()) counts.set(record, counts.get(record) ?? 0);
    for await (const { record } of holding.about(person))
      counts.set(record, (counts.get(record) ?? 0) + 1);
  }
  return counts;
}

/**
 * Counts for whoever asks. Who asks again while it is being counted for them, in another room too, gets the same: it takes a look at every document, and
 * somebody in many rooms could keep Usher at nothing else.
 */
export function counter(
  holdings: readonly Holding[],
): (person: UserId) => ReturnType<typeof countsAbout> {
  const running = new Map<UserId, ReturnType<typeof countsAbout>>();
  return (person) => {
    const known = running.get(person);
    if (known !== undefined) return known;
    const counting = countsAbout(person, holdings).finally(() => running.delete(person));
    running.set(person, counting);
    return counting;
  };
}
