import { z } from "zod";
import { eventId } from "../kernel/idSchemas.ts";
import { held } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";

const reading = z.strictObject({ event: eventId, tries: z.number() });

const shape = {
  /** How many starts in a row ended before what the homeserver had to tell was dealt with. */
  unfinished: held(ACCOUNT, z.number()),
  /** The event that was being read when the last of them ended, and how often it was begun. Kept only while there were several. */
  reading: held(ACCOUNT, reading.optional()),
  /** The events that those before it ended in; a bounded number. */
  suspects: held(ACCOUNT, z.array(reading).optional()),
};

/** How Usher's last starts ended; one document, id `self`. An older Usher passes over it. */
export const beginningDocument = defineDocument({
  kind: "beginning",
  version: 1,
  shape,
  empty: () => ({ unfinished: 0 }),
  migrations: {},
});

export type BeginningDocument = DocumentOf<typeof beginningDocument>;
