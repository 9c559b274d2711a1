import { UsherError } from "../../kernel/errors.ts";
import type { UndoHandler } from "../../integrations/undoHandler.ts";
import type { Connections } from "./connections.ts";
import { addWords, isByHand } from "./handWords.ts";
import { connectionNeeds, removalNeeds } from "./needs.ts";
import { connectedOf, type ConnectionChange } from "./records.ts";
import { wantedOf } from "./setUp.ts";
import type { SortId } from "./sorts.ts";

/** Takes away what was added, and adds again what was taken away. */
export function connectionUndoHandler(connections: Connections): UndoHandler<ConnectionChange> {
  return {
    deeds: { "add-connection": "undo/disconnect", "remove-connection": "undo/connect" },
    usual: [{ kind: "kick" }],
    thing: ({ id }) => id,
    stands: async (room, { deed, id, ...change }) => {
      // What only a person can bring back must not be in the way of what was changed before it.
      if (deed === "remove-connection" && isByHand(change)) return "before";
      const found = await connections.find(room, id);
      const isThere = found !== undefined && (found.live || found.record !== undefined);
      return isThere === (deed === "add-connection") ? "after" : "before";
    },
    needs: async (room, change) => {
      const { sort } = wantedOf(change);
      if (change.deed === "remove-connection")
        return connectionNeeds(connections, room, { bot: change.bot, sort });
      return removalNeeds(connections, room, sort, await connections.record(room, change.id));
    },
    undo: async (room, change, by) => {
      const { deed, id, name } = change;
      await connections.level.refuseBelow(room, by.person, wantedOf(change).sort);
      if (deed === "add-connection") {
        const found = await connections.find(room, id);
        if (found !== undefined) await connections.takeOut(room, found);
        return {};
      }
      if (isByHand(change)) throw new UsherError("connection-by-hand", { words: addWords(change) });
      const target = { ...connectedOf(change), entry: change.entry as SortId, name };
      const { is } = await connections.connect(room, target, by);
      return { came: is === "done" ? "joined" : is === "waiting" ? "invited" : "declined" };
    },
  };
}
