import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { held } from "../privacy/fields.ts";
import { UNDERAGE } from "../privacy/records/rights.ts";
import { defineDocument, type Documents } from "./documents.ts";

/** Who was reported to be younger than the minimum age, as keyed hashes (D24); no age, and no name. One document, id `self`. */
export const underageDocument = defineDocument({
  kind: "underage",
  version: 1,
  shape: {
    reported: held(UNDERAGE, z.array(z.strictObject({ who: z.string(), at: z.number() }))),
  },
  empty: () => ({ reported: [] }),
  migrations: {},
  since: { [UNDERAGE.id]: ({ reported }) => reported.map(({ at }) => at) },
});

/** Forgets whom nothing need be refused any longer. */
export async function sweepUnderage(documents: Documents, clock: Clock): Promise<void> {
  const since = keptSince(UNDERAGE, earlierOf(clock));
  if ((await documents.get(underageDocument, "self")) === undefined) return;
  await documents.update(underageDocument, "self", (document) => {
    const reported = document.reported.filter(({ at }) => at >= since);
    return reported.length === document.reported.length ? document : { reported };
  });
}
