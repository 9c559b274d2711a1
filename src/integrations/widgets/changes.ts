import { isDeepStrictEqual } from "node:util";
import type { EventId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";
import type { RoomChange, RoomDocument, WidgetRecord } from "../../store/room.ts";

/** How long a change can be undone; ms. */
const UNDOABLE_MS = 30 * 24 * 3_600_000;
/** How many changes a room's document remembers. */
const REMEMBERED = 20;

/** The document with this change as its newest. One of the same command is there already: a crash came between, and that one counts. */
export function withChange(document: RoomDocument, change: RoomChange, now: number): RoomDocument {
  const changes = document.changes ?? [];
  if (changes.some(({ cause }) => cause === change.cause)) return document;
  return { ...document, changes: [...undoable(changes, now), change].slice(-REMEMBERED) };
}

/** The document without changes that are too old to be undone. */
export function withoutOldChanges(document: RoomDocument, now: number): RoomDocument {
  const changes = document.changes ?? [];
  const kept = undoable(changes, now);
  return kept.length === changes.length ? document : { ...document, changes: kept };
}

function undoable(changes: readonly RoomChange[], now: number): RoomChange[] {
  return changes.filter(({ at }) => now - at < UNDOABLE_MS);
}

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

/** The document with a change taken back by this command. */
export function withUndone(document: RoomDocument, { cause, deed, id, recordBefore }: RoomChange, by: EventId): RoomDocument {
  const changes = (document.changes ?? []).map((one) => (one.cause === cause ? { ...one, undoneBy: by } : one));
  const undone = { ...document, changes };
  // A place is no part of a record, which may have gone its own way since.
  return deed === "pin" || deed === "unpin" ? undone : withRecord(undone, id, recordBefore);
}

/** Changes that have not been taken back, newest first. */
export function notUndone(document: RoomDocument | undefined, now: number): readonly RoomChange[] {
  return undoable(document?.changes ?? [], now)
    .filter(({ undoneBy }) => undoneBy === undefined)
    .reverse();
}

/** Whether the room's state is as it was before the change. What is not there and what was emptied look the same to clients. */
export function isBefore({ state }: RoomChange, current: Content | undefined): boolean {
  return isDeepStrictEqual(current ?? {}, state.before ?? {});
}

/** Whether the room's state is as the change left it. */
export function isAfter({ state }: RoomChange, current: Content | undefined): boolean {
  return isDeepStrictEqual(current ?? {}, state.after);
}
