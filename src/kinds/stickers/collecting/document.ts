import { z } from "zod";
import { eventId, roomId, userId } from "../../../kernel/idSchemas.ts";
import { actor, held, mixed } from "../../../privacy/fields.ts";
import { defineDocument, type DocumentOf } from "../../../store/documents.ts";
import { COLLECTING } from "../dataMap.ts";

const collection = z.strictObject({
  room: roomId,
  /** The id of the pack that they are for. */
  pack: mixed(z.string()),
  /** Since when; ms since the epoch. */
  at: z.number(),
  /** The messages with pictures, in their order. */
  events: z.array(eventId),
});

/** What one person is sending for sticker packs; its id is theirs. One collection for each room at most. */
export const collectingDocument = defineDocument({
  kind: "sticker-collecting",
  version: 1,
  ofOnePerson: true,
  shape: {
    person: held(COLLECTING, actor(userId).optional()),
    collections: held(COLLECTING, z.array(collection)),
  },
  empty: () => ({ collections: [] }),
  migrations: {},
});

export type Collection = DocumentOf<typeof collectingDocument>["collections"][number];
