import type { UndoHandler } from "../../integrations/undoHandler.ts";
import type { Bridges } from "./bridges.ts";
import { linkingNeeds, unlinkingNeeds } from "./needs.ts";
import type { BridgeChange } from "./records.ts";

/** Unlinks what was linked, and links again what was unlinked. */
export function bridgeUndoHandler(bridges: Bridges): UndoHandler<BridgeChange> {
  return {
    deeds: { "add-bridge": "undo/unlink", "remove-bridge": "undo/link" },
    usual: [{ kind: "kick" }],
    thing: ({ id }) => id,
    stands: async (room, { deed, id }) => {
      const isLinked = (await bridges.record(room, id)) !== undefined;
      return isLinked === (deed === "add-bridge") ? "after" : "before";
    },
    needs: (room, change) =>
      change.deed === "add-bridge"
        ? unlinkingNeeds(bridges, room, change)
        : linkingNeeds(bridges, room, change),
    undo: async (room, { deed, id, entry, network, channel }, by) => {
      if (deed === "add-bridge") {
        const record = await bridges.record(room, id);
        if (record !== undefined) await bridges.takeOut(room, record, by);
        return {};
      }
      const { is } = await bridges.link(room, entry, { network, channel }, by);
      return { came: is === "done" ? "joined" : is === "waiting" ? "invited" : "declined" };
    },
  };
}
