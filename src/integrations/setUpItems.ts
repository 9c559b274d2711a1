import { asTyped } from "../chat/tokenize.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import { halfDoneIn, type HalfDone } from "./halfDone.ts";
import type { ItemCommands } from "./itemCommands.ts";
import type { SetUps } from "./setUps.ts";
import { lastingView, reasonView, setUpView, standingView } from "./setUpWords.ts";

/** What is half done, for the commands that go by id: it is none of its kind's things yet. */
export function setUpItems(setUps: Pick<SetUps, "of" | "find" | "remove">): ItemCommands {
  const things = (room: RoomId): Promise<readonly HalfDone[]> => halfDoneIn(setUps, room);

  const one = async (room: RoomId, id: string): Promise<HalfDone> => {
    const found = await setUps.find(room, id);
    if (found === undefined) throw new UsherError("setup-none", { id });
    return found;
  };

  const unfinished = async (id: string, room: RoomId): Promise<never> => {
    const { name } = (await one(room, id)).setUp;
    throw new UsherError("setup-unfinished", { id: asTyped(id), name });
  };

  return {
    list: async (room) => {
      const all = await things(room);
      if (all.length === 0) return undefined;
      const rows = all.map(({ setUp, definition }) => setUpView(definition, setUp));
      return { template: "setup/list", view: { setUps: rows } };
    },
    things: async (room) => (await things(room)).map(({ setUp: { id, name } }) => ({ id, name })),
    show: async (room, id) => {
      const { setUp, definition } = await one(room, id);
      const stands = standingView(definition, setUp);
      const view = { ...setUpView(definition, setUp), stands, why: reasonView(setUp) };
      return { template: "setup/shown", view };
    },
    set: {
      usual: [],
      needs: (id, _, { room }) => unfinished(id, room),
      plan: (id, _, { room }) => unfinished(id, room),
      perform: (id, _, { room }) => unfinished(id, room),
    },
    remove: {
      usual: [],
      needs: async (id, _, { room }) => {
        const { setUp, definition } = await one(room, id);
        return { deed: "remove-item", needs: await definition.needs(setUp, room) };
      },
      plan: async (id, _, { room }) => {
        const { setUp, definition } = await one(room, id);
        const left = lastingView(definition, setUp);
        return {
          preview: {
            template: "setup/remove-preview",
            view: { ...setUpView(definition, setUp), left },
          },
          exactly: `remove ${asTyped(id)}`,
        };
      },
      perform: async (id, _, { room, person }) => {
        const { setUp, definition } = await one(room, id);
        const left = lastingView(definition, setUp);
        await setUps.remove(room, id, person);
        return { template: "setup/removed", view: { name: setUp.name, left } };
      },
    },
  };
}
