import { z } from "zod";
import { eventId, userId } from "../../kernel/idSchemas.ts";
import { actor, correctable, mixed, ownWords } from "../../privacy/fields.ts";
import { CHANGED, defineRoomPart } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";
import { PACKS } from "./dataMap.ts";
import { withoutImported } from "./imports/records.ts";
import type { PackImage } from "./pack.ts";

const content = z.record(z.string(), z.unknown());
/** Its address was parsed on the way in. */
const image = content as unknown as z.ZodType<PackImage>;

/** A pack that Usher made in a room or brought there. Its id is its state key. */
const packRecord = z.strictObject({
  id: mixed(z.string()),
  name: correctable(mixed(z.string())),
  /** Absent where that person has been erased. */
  addedBy: actor(userId).optional(),
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  /** The entry of the catalogue that it was made of. */
  entry: ownWords(z.string()).optional(),
  /** The state keys that it has been written under. */
  keys: z.array(mixed(z.string())),
  /** What was written last, as short hashes. */
  written: z.strictObject({
    images: mixed(z.record(z.string(), z.string())),
    about: ownWords(z.string()),
  }),
});

export type PackRecord = z.infer<typeof packRecord>;

const DEEDS = [
  "make-pack",
  "add-pack",
  "add-sticker",
  "change-sticker",
  "drop-sticker",
  "set-pack",
  "remove-pack",
] as const;
export type PackDeed = (typeof DEEDS)[number];

/** One thing that Usher did to a pack for somebody. */
const packChange = z.strictObject({
  ...CHANGED,
  deed: z.enum(DEEDS),
  edit: z.strictObject({
    about: z.strictObject({ before: mixed(content).nullable(), after: mixed(content).nullable() }),
    images: z.array(
      z.strictObject({
        code: mixed(z.string()),
        before: mixed(image).nullable(),
        after: mixed(image).nullable(),
      }),
    ),
  }),
  /** Who had it set up, and when; null where Usher had not. */
  recordBefore: packRecord.nullable(),
});

export type PackChange = z.infer<typeof packChange>;

/** What Usher made of packs in a room, and what it did to packs there (D8). The room's state says whether they are still there. */
export const packPart = defineRoomPart({
  key: "packs",
  record: PACKS,
  schema: z.array(packRecord),
  empty: [],
  change: packChange,
  deeds: DEEDS,
});

/** The document with this record of a pack in place of another; null: with none. */
export function withPackRecord(
  document: RoomDocument,
  id: string,
  record: PackRecord | null,
): RoomDocument {
  const records = packPart.of(document);
  const known = records.some((one) => one.id === id);
  if (record === null)
    return known
      ? packPart.in(
          withoutImported(document, id),
          records.filter((one) => one.id !== id),
        )
      : document;
  return packPart.in(
    document,
    known ? records.map((one) => (one.id === id ? record : one)) : [...records, record],
  );
}
