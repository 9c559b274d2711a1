import type { RoomUpgradeHandler } from "../../../src/integrations/roomUpgrade.ts";
import type { Documents } from "../../../src/store/documents.ts";
import { roomDocument } from "../../../src/store/room.ts";
import { NOTE_TYPE } from "./dataMap.ts";
import type { Notes } from "./notes.ts";
import { notePart } from "./records.ts";

/** Takes notes along into the room that replaces theirs. */
export function noteUpgrade(notes: Notes, documents: Documents): RoomUpgradeHandler {
  return {
    addedItems: (document) =>
      notePart.of(document).map(({ id, name, addedBy }) => ({ id, name, addedBy })),
    needs: [{ kind: "state", type: NOTE_TYPE }],
    removal: ({ type, stateKey, content }) =>
      type === NOTE_TYPE && content["name"] === undefined ? stateKey : undefined,
    without: (document, ids) =>
      notePart.in(
        document,
        notePart.of(document).filter(({ id }) => !ids.has(id)),
      ),
    carry: async (from, to) => {
      const all = notePart.of(await documents.get(roomDocument, from));
      for (const note of all) await notes.put(to, note.id, note);
      return all.map(({ id, name, addedBy }) => ({
        id,
        name,
        addedBy,
        result: "carried" as const,
      }));
    },
  };
}
