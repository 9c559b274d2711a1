import { eventId } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";
import { WIDGET_TYPE } from "../integrations/widgets/state.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";
import type { View } from "../kernel/errors.ts";
import type { RoomChange } from "../store/room.ts";

/** `undo`: takes back the last thing that Usher changed in the room's state, to exactly what stood there before. */
export function undo(widgets: Pick<Widgets, "lastChange" | "checkUndo" | "undo">): Command {
  return defineCommand({
    words: "undo",
    // Nobody needs to type it: a confirmed undo names what it takes back.
    parameters: { change: optional(eventId("change")) },
    place: "anywhere",
    example: "undo",
    changes: true,
    deed: "undo",
    needs: () => [{ kind: "state", type: WIDGET_TYPE }],
    needsHere: async ({ change: cause }, { room }) => {
      const change = await widgets.lastChange(room, cause);
      return { deed: "undo", needs: change === undefined ? [] : [{ kind: "state", type: change.state.type, key: change.state.key }] };
    },
    plan: async ({ change: cause }, { room }) => {
      const change = await widgets.lastChange(room, cause);
      if (change === undefined || change.undoneBy !== undefined) return { nothing: { template: "undo-nothing", view: {} } };
      await widgets.checkUndo(room, change);
      return { preview: { template: "undo-preview", view: viewOf(change) }, exactly: `undo ${change.cause}` };
    },
    perform: async ({ change: cause }, { room, event }) => {
      const change = await widgets.lastChange(room, cause);
      if (change === undefined || (change.undoneBy !== undefined && change.undoneBy !== event))
        return { template: "undo-nothing", view: {} };
      await widgets.undo(room, change, event);
      return { template: "undone", view: viewOf(change) };
    },
  });
}

function viewOf({ deed, name, id, person, at }: RoomChange): View {
  return { what: `change/${deed}`, name, id, person, on: new Date(at).toISOString().slice(0, 10) };
}
