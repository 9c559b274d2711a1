import type { RoomId } from "../kernel/ids.ts";
import type { RoomChange } from "../store/room.ts";
import type { UndoHandler } from "./undoHandler.ts";
import type { SetUps } from "./setUps.ts";

/** What set-ups are to whoever takes back the last change. */
type Undoable = Pick<SetUps, "of" | "find" | "remove">;

const DEED = "set-up";

/** What is half done in a room, as changes that can be undone: its kind notes it as one of its own when it is done. */
export async function halfDoneChanges(
  setUps: Undoable,
  room: RoomId,
): Promise<readonly RoomChange[]> {
  const all = await setUps.of(room);
  return all.map(({ setUp: { cause, person, at, id, name } }) => ({
    cause,
    person,
    at,
    deed: DEED,
    id,
    name,
  }));
}

/** Takes back what has been done of a set-up. */
export function setUpUndoHandler(setUps: Undoable): UndoHandler<RoomChange> {
  return {
    deeds: { [DEED]: "undo/set-up" },
    usual: [],
    thing: ({ id }) => id,
    stands: async (room, { id, cause }) =>
      (await setUps.find(room, id))?.setUp.cause === cause ? "after" : "before",
    needs: async (room, { id }) => {
      const found = await setUps.find(room, id);
      return found === undefined ? [] : found.definition.needs(found.setUp, room);
    },
    undo: async (room, { id }, { person }) => {
      await setUps.remove(room, id, person);
      return {};
    },
  };
}
