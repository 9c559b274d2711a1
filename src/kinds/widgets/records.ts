import { isDeepStrictEqual } from "node:util";
import type { RoomDocument, WidgetRecord } from "../../store/room.ts";

/** The document with Usher's record of a widget as it is after a change, or as it was before. */
export function withRecord(document: RoomDocument, id: string, record: WidgetRecord | null): RoomDocument {
  const known = document.widgets.find((one) => one.id === id);
  if (isDeepStrictEqual(known ?? null, record)) return document;
  if (record === null) return { ...document, widgets: document.widgets.filter((one) => one.id !== id) };
  return {
    ...document,
    widgets: known === undefined ? [...document.widgets, record] : document.widgets.map((one) => (one.id === id ? record : one)),
  };
}
