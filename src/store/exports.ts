import { z } from "zod";
import { eventId, roomId, userId } from "../kernel/idSchemas.ts";
import { actor, held, mixed } from "../privacy/fields.ts";
import { keptMs } from "../privacy/kept.ts";
import { EXPORT } from "../privacy/records/exports.ts";
import { defineDocument, type DocumentOf } from "./documents.ts";

const placed = z.strictObject({
  encrypted: z.boolean(),
  content: mixed(z.record(z.string(), z.unknown())),
});

/** What somebody asked for: one file, or several where it is too large for one. A document for each time, its id the event that asked. */
export const exportDocument = defineDocument({
  kind: "export",
  version: 2,
  shape: {
    person: held(EXPORT, actor(userId).optional()),
    /** Where it goes. */
    room: held(EXPORT, roomId.optional()),
    /** When it was begun; ms since the epoch. */
    at: held(EXPORT, z.number()),
    /** Messages with files that were sent, in their order. */
    messages: held(EXPORT, z.array(eventId)),
    /** The messages with all files, from when those lie on the homeserver until all messages are sent. */
    placed: held(EXPORT, z.array(placed).optional()),
    /** Their messages could not be sent, and are tried again. */
    again: held(EXPORT, z.literal(true).optional()),
    /** How many things were too large for a file. */
    leftOut: held(EXPORT, z.number()),
  },
  empty: () => ({ at: 0, messages: [], leftOut: 0 }),
  migrations: {
    1: (before) => {
      const { message, ...same } = before as { readonly message?: unknown };
      return { ...same, messages: message === undefined ? [] : [message], leftOut: 0 };
    },
  },
  since: { [EXPORT.id]: ({ at }) => [at] },
});

export type ExportDocument = DocumentOf<typeof exportDocument>;

/** Whether all of it was sent. */
export function isSent({ messages, placed: waiting }: ExportDocument): boolean {
  return messages.length > 0 && waiting === undefined;
}

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
  since: { [EXPORT.id]: ({ due }) => [due - keptMs(EXPORT)] },
});
