import { z } from "zod";
import { eventId, roomId, userId } from "../../../kernel/idSchemas.ts";
import { actor, held, mixed } from "../../../privacy/fields.ts";
import { defineDocument, type DocumentOf } from "../../../store/documents.ts";
import { COLLECTING } from "../dataMap.ts";
import type { PackImage } from "../pack.ts";

/** Its address was parsed on the way in. */
const image = z.record(z.string(), z.unknown()) as unknown as z.ZodType<PackImage>;

/** Pictures that are becoming stickers. */
const making = z.strictObject({
  /** The `stickers done`. */
  cause: eventId,
  pack: mixed(z.string()),
  /** The messages with pictures, in their order. */
  events: z.array(eventId),
  /** By their messages, those that lie in the media repository already, so that none is uploaded twice. What was written beside them stays in the message. */
  uploaded: z.record(z.string(), mixed(image)),
});

export type Making = z.infer<typeof making>;

const collection = z.strictObject({
  room: roomId,
  /** The id of the pack that they are for. */
  pack: mixed(z.string()),
  /** Since when; ms since the epoch. */
  at: z.number(),
  /** The messages with pictures, in their order: those of which no stickers are being made yet. */
  events: z.array(eventId),
  making: z.array(making),
  /** By the message with a picture, what replaced it last before "done" was said. */
  edits: z.record(z.string(), eventId),
  /** It has been said that these are all: what comes while stickers are made of them waits for the next time. */
  closed: z.literal(true).optional(),
});

/** What one person is sending for sticker packs; its id is theirs. One collection for each room at most. */
export const collectingDocument = defineDocument({
  kind: "sticker-collecting",
  version: 3,
  ofOnePerson: true,
  shape: {
    person: held(COLLECTING, actor(userId).optional()),
    collections: held(COLLECTING, z.array(collection)),
  },
  empty: () => ({ collections: [] }),
  migrations: {
    1: (before) => {
      const { collections, ...same } = before as { readonly collections: readonly object[] };
      return { ...same, collections: collections.map((one) => ({ ...one, making: [] })) };
    },
    2: (before) => {
      const { collections, ...same } = before as { readonly collections: readonly object[] };
      return { ...same, collections: collections.map((one) => ({ ...one, edits: {} })) };
    },
  },
});

export type Collection = DocumentOf<typeof collectingDocument>["collections"][number];
