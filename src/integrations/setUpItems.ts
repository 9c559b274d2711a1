import type { Answer, Request } from "../chat/command.ts";
import { asTyped } from "../chat/tokenize.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import { halfDoneIn, type HalfDone } from "./halfDone.ts";
import type { ItemChange, ItemCommands } from "./itemCommands.ts";
import type { SetUps } from "./setUps.ts";
import { backView, lastingView, reasonView, setUpView, standingView } from "./setUpWords.ts";

type Parts = Pick<SetUps, "of" | "find" | "remove">;

/** What is half done, for the commands that go by id: it is none of its kind's things yet. */
export function setUpItems(setUps: Parts): ItemCommands {
  return {
    list: async (room) => {
      const all = await halfDoneIn(setUps, room);
      if (all.length === 0) return undefined;
      const rows = all.map(({ setUp, definition }) => setUpView(definition, setUp));
      return { template: "setup/list", view: { setUps: rows } };
    },
    things: async (room) =>
      (await halfDoneIn(setUps, room)).map(({ setUp: { id, name } }) => ({ id, name })),
    show: async (room, id) => shownSetUp(await one(setUps, room, id)),
    set: setting(setUps),
    remove: removing(setUps),
  };
}

/** Everything about what is half done. */
export function shownSetUp({ setUp, definition }: HalfDone): Answer {
  const stands = standingView(definition, setUp);
  const why = backView(setUp) ?? reasonView(setUp);
  return { template: "setup/shown", view: { ...setUpView(definition, setUp), stands, why } };
}

async function one(setUps: Parts, room: RoomId, id: string): Promise<HalfDone> {
  const found = await setUps.find(room, id);
  if (found === undefined) throw new UsherError("setup-none", { id });
  return found;
}

/** Nothing can be changed before it is there. */
function setting(setUps: Parts): ItemChange<ReadonlyMap<string, string>> {
  const unfinished = async (id: string, _: unknown, { room }: Request): Promise<never> => {
    const { name } = (await one(setUps, room, id)).setUp;
    throw new UsherError("setup-unfinished", { id: asTyped(id), name });
  };
  return { usual: [], needs: unfinished, plan: unfinished, perform: unfinished };
}

/** What has been done of it is taken back. */
function removing(setUps: Parts): ItemChange<undefined> {
  return {
    usual: [],
    needs: async (id, _, { room }) => {
      const { setUp, definition } = await one(setUps, room, id);
      return { deed: "remove-item", needs: await definition.needs(setUp, room) };
    },
    plan: async (id, _, { room }) => {
      const { setUp, definition } = await one(setUps, room, id);
      const view = { ...setUpView(definition, setUp), left: lastingView(definition, setUp) };
      return {
        preview: { template: "setup/remove-preview", view },
        exactly: `remove ${asTyped(id)}`,
      };
    },
    perform: async (id, _, { room, person }) => {
      const { setUp, definition } = await one(setUps, room, id);
      const left = lastingView(definition, setUp);
      await setUps.remove(room, id, person);
      return { template: "setup/removed", view: { name: setUp.name, left } };
    },
  };
}
