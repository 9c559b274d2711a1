import { z } from "zod";
import type { EventId } from "../kernel/ids.ts";
import type { DocumentType } from "./documents.ts";

const reading = z.strictObject({ event: z.string().startsWith("$") as unknown as z.ZodType<EventId>, tries: z.number() });

const schema = z.strictObject({
  /** How many starts in a row ended before what the homeserver had to tell was dealt with. */
  unfinished: z.number(),
  /** The event that was being read when the last of them ended, and how often it was begun. Kept only while there were several. */
  reading: reading.optional(),
  /** The events that those before it ended in; a bounded number. */
  suspects: z.array(reading).optional(),
});

export type BeginningDocument = z.infer<typeof schema>;

/** How Usher's last starts ended; one document, id `self`. An older Usher passes over it. */
export const beginningDocument: DocumentType<BeginningDocument> = {
  kind: "beginning",
  version: 1,
  schema,
  empty: () => ({ unfinished: 0 }),
  migrations: {},
  people: () => [],
};
