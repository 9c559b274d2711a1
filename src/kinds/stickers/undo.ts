import type { UndoHandler } from "../../integrations/undoHandler.ts";
import { standing } from "./edit.ts";
import { packNeeds } from "./needs.ts";
import type { Packs } from "./packs.ts";
import type { PackChange } from "./records.ts";

/** Takes back what differed, and nothing that others have changed since. */
export function packUndoHandler(packs: Packs): UndoHandler<PackChange> {
  return {
    deeds: {
      "make-pack": "undo/pack",
      "add-pack": "undo/pack",
      "add-sticker": "undo/pack",
      "change-sticker": "undo/pack",
      "drop-sticker": "undo/pack",
      "set-pack": "undo/pack",
      "remove-pack": "undo/pack",
    },
    usual: packNeeds(),
    thing: ({ id, edit }) => JSON.stringify([id, ...edit.images.map(({ code }) => code)]),
    stands: async (room, { id, edit }) => {
      const { shown } = await packs.list(room);
      return standing(shown.find((one) => one.id === id)?.pack, edit);
    },
    needs: (_, { id }) => Promise.resolve(packNeeds(id)),
    undo: async (room, change) => {
      await packs.takeBack(room, change);
      return {};
    },
  };
}
