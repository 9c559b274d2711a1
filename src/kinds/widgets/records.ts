import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { eventId, userId } from "../../kernel/idSchemas.ts";
import { actor, correctable, mixed } from "../../privacy/fields.ts";
import { WIDGETS } from "./dataMap.ts";
import { CHANGED, defineRoomPart } from "../../store/roomParts.ts";
import type { RoomDocument } from "../../store/room.ts";

const content = mixed(z.record(z.string(), z.unknown()));

/** A widget that Usher put into the room. */
const widgetRecord = z.strictObject({
  id: z.string(),
  url: z.string(),
  name: correctable(z.string()),
  /** Absent where that person has been erased. */
  addedBy: actor(userId).optional(),
  addedAt: z.number(),
  /** The event that asked for it. */
  cause: eventId,
  /** The definition it was made of, and its settings as a person would write them. */
  definition: z.string().optional(),
  settings: correctable(mixed(z.record(z.string(), z.string()))).optional(),
});

export type WidgetRecord = z.infer<typeof widgetRecord>;

const DEEDS = ["add", "set", "remove", "pin", "unpin"] as const;

/** One thing that Usher did to a widget for somebody. */
const widgetChange = z.strictObject({
  ...CHANGED,
  deed: z.enum(DEEDS),
  /** The one state event that it wrote, with what stood there before; null where nothing did. */
  state: z.strictObject({
    type: z.string(),
    key: mixed(z.string()),
    before: content.nullable(),
    after: content,
  }),
  /** Usher's own record of the widget before and after; null where there is none. */
  recordBefore: widgetRecord.nullable(),
  recordAfter: widgetRecord.nullable(),
});

export type WidgetChange = z.infer<typeof widgetChange>;

/** What Usher put into a room, and what it did to widgets there (D7). The room's state says whether they are still there. */
export const widgetPart = defineRoomPart({
  key: "widgets",
  record: WIDGETS,
  schema: z.array(widgetRecord),
  empty: [],
  change: widgetChange,
  deeds: DEEDS,
});

/** The document with Usher's record of a widget as it is after a change, or as it was before. */
export function withRecord(
  document: RoomDocument,
  id: string,
  record: WidgetRecord | null,
): RoomDocument {
  const records = widgetPart.of(document);
  const known = records.find((one) => one.id === id);
  if (isDeepStrictEqual(known ?? null, record)) return document;
  if (record === null) {
    return widgetPart.in(
      document,
      records.filter((one) => one.id !== id),
    );
  }
  const replaced = records.map((one) => (one.id === id ? record : one));
  return widgetPart.in(document, known === undefined ? [...records, record] : replaced);
}
