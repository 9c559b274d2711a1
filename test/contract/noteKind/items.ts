import { quote } from "../../../src/chat/tokenize.ts";
import type { ItemChange, ItemCommands } from "../../../src/integrations/itemCommands.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { RoomId } from "../../../src/kernel/ids.ts";
import type { Need } from "../../../src/matrix/power.ts";
import type { Credentials } from "../../../src/secrets/credentials.ts";
import { NOTE_TYPE } from "./dataMap.ts";
import type { Notes } from "./notes.ts";
import type { Note } from "./records.ts";

const usual: readonly Need[] = [{ kind: "state", type: NOTE_TYPE }];

/** What the commands that go by id do with notes. */
export function noteItems(notes: Notes, credentials: Credentials): ItemCommands {
  const one = async (room: RoomId, id: string): Promise<Note> => {
    const found = await notes.find(room, id);
    if (found === undefined)
      throw new UsherError("item-unknown", { id, said: id, advice: undefined });
    return found;
  };
  const set: ItemChange<ReadonlyMap<string, string>> = {
    usual,
    needs: () => Promise.resolve({ deed: "set-note", needs: usual }),
    plan: async (id, change, { room }) => {
      const { name } = await one(room, id);
      const preview = { template: "note-set-preview", view: { name } } as const;
      return { preview, exactly: `set ${id} name=${quote(change.get("name") ?? name)}` };
    },
    perform: async (id, change, { room, person, event: cause }) => {
      const before = await one(room, id);
      const after = { ...before, name: change.get("name") ?? before.name };
      await notes.change(room, "set-note", { before, after }, { person, cause });
      return { template: "note-set", view: { name: after.name } };
    },
  };
  const remove: ItemChange<undefined> = {
    usual,
    needs: () => Promise.resolve({ deed: "remove-note", needs: usual }),
    plan: async (id, _, { room }) => {
      const { name } = await one(room, id);
      return {
        preview: { template: "note-remove-preview", view: { name } },
        exactly: `remove ${id}`,
      };
    },
    perform: async (id, _, { room, person, event: cause }) => {
      const before = await one(room, id);
      await notes.change(room, "remove-note", { before, after: null }, { person, cause });
      // Whoever removes it, what it did was done for who added it.
      if (before.addedBy !== undefined)
        await credentials.forget({ person: before.addedBy, room, id });
      return { template: "note-removed", view: { name: before.name } };
    },
  };
  return {
    list: async (room) => {
      const all = await notes.list(room);
      if (all.length === 0) return undefined;
      return { template: "list-notes", view: { notes: all.map(({ id, name }) => ({ id, name })) } };
    },
    things: (room) => notes.list(room),
    show: async (room, id) => {
      const { name, addedBy } = await one(room, id);
      return { template: "note-shown", view: { id, name, addedBy } };
    },
    set,
    remove,
  };
}
