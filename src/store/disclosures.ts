import { z } from "zod";
import type { Clock } from "../kernel/clock.ts";
import { userId } from "../kernel/idSchemas.ts";
import { earlierOf } from "../kernel/otherClock.ts";
import { keptSince } from "../privacy/kept.ts";
import { actor, held, notAbout } from "../privacy/fields.ts";
import { DISCLOSURE } from "../privacy/records/cases.ts";
import { defineDocument, type Documents } from "./documents.ts";

/** The only grounds on which what is about somebody is given to others (R64): a duty by law, the service's security, harm or crime, an emergency. */
export const GROUNDS = ["law", "security", "harm", "emergency"] as const;

/** Where each is named for a sentence. */
export const GROUND_NAMES = {
  law: "ground/law",
  security: "ground/security",
  harm: "ground/harm",
  emergency: "ground/emergency",
} as const satisfies Record<(typeof GROUNDS)[number], string>;

const disclosure = z.strictObject({
  /** Absent where they were erased, or must not be told. */
  person: actor(userId).optional(),
  /** Whom the law forbids to tell: no export has it. */
  untold: notAbout(userId).optional(),
  ground: z.enum(GROUNDS),
  /** On which day it was given, and when that was entered; ms since the epoch. */
  on: z.number(),
  at: z.number(),
  /** Who got it, and what of it. */
  recipient: z.string(),
  what: z.string(),
});
export type Disclosure = z.infer<typeof disclosure>;

/** That something about somebody was given to others (D21); one document each, by an id of its own. */
export const disclosureDocument = defineDocument({
  kind: "disclosure",
  version: 1,
  shape: { disclosure: held(DISCLOSURE, disclosure.optional()) },
  empty: () => ({}),
  migrations: {},
  since: { [DISCLOSURE.id]: ({ disclosure: one }) => (one === undefined ? [] : [one.at]) },
});

/** Deletes what has been kept as long as its record says. */
export async function sweepDisclosures(documents: Documents, clock: Clock): Promise<void> {
  const since = keptSince(DISCLOSURE, earlierOf(clock));
  for await (const { id, document } of documents.scan(disclosureDocument))
    if ((document.disclosure?.at ?? 0) < since) await documents.delete(disclosureDocument, id);
}
