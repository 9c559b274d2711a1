import { z } from "zod";
import { eventId } from "../../../kernel/idSchemas.ts";
import { mixed, ownWords } from "../../../privacy/fields.ts";
import { CHANGED, defineRoomPart } from "../../../store/roomParts.ts";
import type { RoomDocument } from "../../../store/room.ts";
import { PACK_IMPORTS } from "../dataMap.ts";
import type { PackImage } from "../pack.ts";
import { WHYS } from "./found.ts";

/** Its address was parsed on the way in. */
const image = z.record(z.string(), z.unknown()) as unknown as z.ZodType<PackImage>;

/** What became of one picture: it lies in the media repository, or it is left out and why. */
const placed = z.strictObject({
  /** What tells that it is still the same picture, as a hash. */
  version: ownWords(z.string()),
  image: mixed(image).optional(),
  why: z.enum(WHYS).optional(),
});

export type Placed = z.infer<typeof placed>;

/** An import that goes on, or has not been answered. */
const going = z.strictObject({
  /** The command. */
  cause: eventId,
  source: ownWords(z.string()),
  /** The id of the pack that comes of it. */
  pack: mixed(z.string()),
  cancelled: z.literal(true).optional(),
  /** By the key of each picture. */
  placed: z.record(z.string(), placed),
  /** By the key of each picture that is to be in the pack, the shortcode; absent until all have been read. */
  codes: z.record(z.string(), mixed(z.string())).optional(),
});

export type Going = z.infer<typeof going>;

/** What a pack was made of when it was imported last. */
const imported = z.strictObject({
  pack: mixed(z.string()),
  source: ownWords(z.string()),
  pictures: z.record(
    z.string(),
    z.strictObject({
      code: mixed(z.string()),
      version: ownWords(z.string()),
      url: mixed(z.string()),
    }),
  ),
});

export type ImportedPack = z.infer<typeof imported>;

/** Where the packs of a room came from, so that importing again changes what differs, and what a crash cut off is not done twice. Nobody is in it. */
export const importPart = defineRoomPart({
  key: "packImports",
  record: PACK_IMPORTS,
  schema: z.strictObject({ going: z.array(going), done: z.array(imported) }),
  empty: { going: [], done: [] },
  // It changes nothing by itself: what an import did is a change of the pack.
  change: z.strictObject(CHANGED),
  deeds: [],
});

export function goingFor(document: object | undefined, cause: string): Going | undefined {
  return importPart.of(document).going.find((one) => one.cause === cause);
}

/** The document with this import as it stands, in place of what is known of it. */
export function withGoing(document: RoomDocument, one: Going): RoomDocument {
  const { going: all, done } = importPart.of(document);
  const others = all.filter(({ cause }) => cause !== one.cause);
  return importPart.in(document, { going: [...others, one], done });
}

export function withImported(document: RoomDocument, one: ImportedPack): RoomDocument {
  const { going: all, done } = importPart.of(document);
  const others = done.filter(({ pack }) => pack !== one.pack);
  return importPart.in(document, { going: all, done: [...others, one] });
}

/** Without what is known of the origin of a pack that is gone. */
export function withoutImported(document: RoomDocument, id: string): RoomDocument {
  const { going: all, done } = importPart.of(document);
  const left = done.filter(({ pack }) => pack !== id);
  return left.length === done.length
    ? document
    : importPart.in(document, { going: all, done: left });
}

/** Without imports that are over: their commands have been answered. */
export function withoutOver(document: RoomDocument): RoomDocument {
  const { going: all, done } = importPart.of(document);
  const left = all.filter(({ cause }) => document.journal.some(({ event }) => event === cause));
  return left.length === all.length ? document : importPart.in(document, { going: left, done });
}
