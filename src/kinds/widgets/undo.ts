import { isDeepStrictEqual } from "node:util";
import { declaredState } from "../../privacy/declared.ts";
import type { RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { UndoHandler } from "../../integrations/undoHandler.ts";
import { WIDGET_TYPE } from "./state.ts";
import { withRecord, type WidgetChange } from "./records.ts";

/** Restores exactly what stood in the state before a change, and Usher's record with it. */
export function widgetUndoHandler(
  matrix: RoomState,
  documents: Documents,
): UndoHandler<WidgetChange> {
  const undoHandler: UndoHandler<WidgetChange> = {
    deeds: {
      add: "undo/state",
      set: "undo/state",
      remove: "undo/state",
      pin: "undo/state",
      unpin: "undo/state",
    },
    usual: [{ kind: "state", type: WIDGET_TYPE }],
    thing: ({ state }) => JSON.stringify([state.type, state.key]),
    stands: async (room, { state }) => {
      // What is not there and what was emptied look the same to clients.
      const current = (await matrix.state(room, state.type, state.key)) ?? {};
      if (isDeepStrictEqual(current, state.before ?? {})) return "before";
      return isDeepStrictEqual(current, state.after) ? "after" : "otherwise";
    },
    needs: (_, { state }) => Promise.resolve([{ kind: "state", type: state.type, key: state.key }]),
    undo: async (room, change) => {
      const { deed, id, recordBefore, state } = change;
      if ((await undoHandler.stands(room, change)) !== "before")
        await matrix.setState(room, declaredState(state.type), state.key, state.before ?? {});
      // A place is no part of a record, which may have gone its own way since.
      if (deed !== "pin" && deed !== "unpin")
        await documents.update(roomDocument, room, (document) =>
          withRecord(document, id, recordBefore),
        );
      return {};
    },
  };
  return undoHandler;
}
