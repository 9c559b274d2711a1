import { z } from "zod";
import { eventId, roomId, userId } from "../../kernel/idSchemas.ts";
import { actor, held } from "../../privacy/fields.ts";
import { EXPORT } from "../../privacy/records/exports.ts";
import { defineDocument, type DocumentOf } from "../../store/documents.ts";

/** A file that somebody asked for; one document for each, its id the event that asked. */
export const exportDocument = defineDocument({
  kind: "export",
  version: 1,
  shape: {
    person: held(EXPORT, actor(userId).optional()),
    /** Where it goes. */
    room: held(EXPORT, roomId.optional()),
    /** When it was begun; ms since the epoch. */
    at: held(EXPORT, z.number()),
    /** The message with the file; absent until that is sent. */
    message: held(EXPORT, eventId.optional()),
  },
  empty: () => ({ at: 0 }),
  migrations: {},
});

export type ExportDocument = DocumentOf<typeof exportDocument>;
