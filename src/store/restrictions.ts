import { z } from "zod";
import { roomId, userId } from "../kernel/idSchemas.ts";
import { actor, held, ownWords } from "../privacy/fields.ts";
import { RESTRICTION } from "../privacy/records/rights.ts";
import { defineDocument } from "./documents.ts";

const restriction = z.strictObject({
  person: actor(userId),
  /** Since when; ms since the epoch. */
  at: z.number(),
  /** What alone is meant: what is of a kind, or in a room; both absent for all. */
  kind: ownWords(z.string()).optional(),
  room: roomId.optional(),
  /** The one thing of the kind in the room that is meant, by its id. */
  item: ownWords(z.string()).optional(),
  /** The case in which operators decide; absent where the person restricted it and nothing is to be decided. */
  case: z.string().optional(),
});
export type Restriction = z.infer<typeof restriction>;

/** What somebody wants nothing done with; the document's id is theirs. */
export const restrictionDocument = defineDocument({
  kind: "restriction",
  version: 2,
  shape: { restrictions: held(RESTRICTION, z.array(restriction)) },
  empty: () => ({ restrictions: [] }),
  // Version 2 may be about one thing.
  migrations: { 1: (document) => document },
});
