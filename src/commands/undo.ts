import { dayOf } from "../kernel/days.ts";
import { eventId } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";
import type { History } from "../integrations/history.ts";
import type { View } from "../kernel/errors.ts";
import type { RoomChange } from "../store/room.ts";

/** `undo`: takes back the last thing that Usher changed in the room, to what was there before. */
export function undo(
  history: Pick<History, "usual" | "last" | "check" | "needs" | "effect" | "undo" | "keepsNothing">,
): Command {
  const nothing = () => ({ template: "undo/nothing", view: { unkept: history.keepsNothing } });
  return defineCommand({
    words: "undo",
    // Nobody needs to type it: a confirmed undo names what it takes back.
    parameters: { change: optional(eventId("change")) },
    example: "undo",
    changes: true,
    needs: () => history.usual,
    needsHere: async ({ change: cause }, { room }) => {
      const change = await history.last(room, cause);
      return { deed: "undo", needs: change === undefined ? [] : await history.needs(room, change) };
    },
    plan: async ({ change: cause }, { room }) => {
      const change = await history.last(room, cause);
      if (change === undefined && cause !== undefined)
        return { nothing: { template: "undo/unknown", view: {} } };
      if (change === undefined || change.undoneBy !== undefined) return { nothing: nothing() };
      await history.check(room, change);
      return {
        preview: {
          template: "undo/preview",
          view: { ...viewOf(change), effect: history.effect(change) },
        },
        exactly: `undo ${change.cause}`,
      };
    },
    perform: async ({ change: cause }, { room, person, event }) => {
      const change = await history.last(room, cause);
      if (change === undefined || (change.undoneBy !== undefined && change.undoneBy !== event))
        return nothing();
      const { came } = await history.undo(room, change, { person, cause: event });
      const back = {
        joined: came === "joined",
        invited: came === "invited",
        declined: came === "declined",
      };
      return {
        template: "undone",
        view: { ...viewOf(change), ...back, restored: came === undefined },
      };
    },
  });
}

function viewOf({ deed, name, id, person, at }: RoomChange): View {
  return { what: `change/${deed}`, name, id, person, on: dayOf(at) };
}
