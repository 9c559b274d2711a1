import type { EventId } from "../kernel/ids.ts";
import { keptSince } from "../privacy/kept.ts";
import { CHANGES } from "../privacy/records/commands.ts";
import type { RoomChange, RoomDocument } from "../store/room.ts";

/** How many changes a room's document remembers. */
const REMEMBERED = 20;

/** The document with these changes beside its own, oldest first. One of the same command is there already: a crash came between, and that one counts. */
export function withChanges(
  document: RoomDocument,
  changes: readonly RoomChange[],
  now: number,
): RoomDocument {
  const known = document.changes ?? [];
  const fresh = changes.filter(({ cause }) => !known.some((one) => one.cause === cause));
  if (fresh.length === 0) return document;
  return {
    ...document,
    changes: [...undoable(known, now), ...fresh].sort((a, b) => a.at - b.at).slice(-REMEMBERED),
  };
}

/** The change that this command made here. */
export function changeOf(
  document: RoomDocument | undefined,
  cause: EventId,
): RoomChange | undefined {
  return document?.changes?.find((change) => change.cause === cause);
}

/** The document without changes that are too old to be undone. */
export function withoutOldChanges(document: RoomDocument, now: number): RoomDocument {
  const changes = document.changes ?? [];
  const kept = undoable(changes, now);
  return kept.length === changes.length ? document : { ...document, changes: kept };
}

/** The document with a change taken back by this command. */
export function withUndone(
  document: RoomDocument,
  { cause }: RoomChange,
  by: EventId,
): RoomDocument {
  const changes = (document.changes ?? []).map((one) =>
    one.cause === cause ? { ...one, undoneBy: by } : one,
  );
  return { ...document, changes };
}

/** Changes that have not been taken back, newest first. */
export function notUndone(document: RoomDocument | undefined, now: number): readonly RoomChange[] {
  return undoable(document?.changes ?? [], now)
    .filter(({ undoneBy }) => undoneBy === undefined)
    .reverse();
}

function undoable(changes: readonly RoomChange[], now: number): RoomChange[] {
  return changes.filter(({ at }) => at > keptSince(CHANGES, now));
}
