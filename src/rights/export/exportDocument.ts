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

/** A copy of such a file in the media repository, which an admin's token can delete there; one document for each, its id the file's address. */
export const exportFileDocument = defineDocument({
  kind: "export-file",
  version: 1,
  shape: {
    /** The event that asked for it; absent in an empty document. */
    event: held(EXPORT, eventId.optional()),
    /** When it is to be gone; ms since the epoch. */
    due: held(EXPORT, z.number()),
  },
  empty: () => ({ due: 0 }),
  migrations: {},
});
