import type { ItemChange, ItemCommands } from "../../integrations/itemCommands.ts";
import { unknown } from "../../integrations/itemCommands.ts";
import { asTyped, quote } from "../../chat/tokenize.ts";
import { UsherError } from "../../kernel/errors.ts";
import { writeSettings } from "../../commands/settings.ts";
import { packNeeds } from "./needs.ts";
import { LICENCE, type Pack } from "./pack.ts";
import type { Packs } from "./packs.ts";
import { goneView, packView } from "./views.ts";

/** Of each sort of packs, so many are listed: what others have written into a room's state may be without end. */
const MOST_LISTED = 100;

/** Sticker packs, for the commands that go by id. What others put there is touched only when it is named and confirmed. */
export function packItems(packs: Packs): ItemCommands {
  return {
    list: async (room) => {
      const { shown, gone } = await packs.list(room);
      if (shown.length + gone.length === 0) return undefined;
      const [mine, others, lost] = [
        shown.filter(({ record }) => record !== undefined).slice(0, MOST_LISTED),
        shown.filter(({ record }) => record === undefined).slice(0, MOST_LISTED),
        gone.slice(0, MOST_LISTED),
      ];
      const listed = mine.length + others.length + lost.length;
      return {
        template: "list/packs",
        view: {
          ...{ mine: mine.map(packView), others: others.map(packView), gone: lost.map(goneView) },
          more: shown.length + gone.length - listed,
        },
      };
    },
    things: async (room) => {
      const { shown, gone } = await packs.list(room);
      return [...shown, ...gone].map(({ id, name }) => ({ id, name }));
    },
    show: async (room, id) => {
      const { shown, gone } = await packs.list(room);
      const found = shown.find((one) => one.id === id);
      if (found !== undefined) return { template: "sticker/pack", view: packView(found) };
      const record = gone.find((one) => one.id === id);
      if (record === undefined) throw unknown(id, []);
      return { template: "sticker/pack-gone", view: goneView(record) };
    },
    set: setting(packs),
    remove: removing(packs),
  };
}

/** What can be set, and what the event calls it. */
const SETTINGS = {
  name: { field: "display_name", most: 60 },
  attribution: { field: "attribution", most: 300 },
  licence: { field: LICENCE, most: 100 },
} as const;

function isSetting(key: string): key is keyof typeof SETTINGS {
  return Object.hasOwn(SETTINGS, key);
}

function setting(packs: Packs): NonNullable<ItemCommands["set"]> {
  return {
    usual: packNeeds(),
    needs: (id) => Promise.resolve({ deed: "set-pack", needs: packNeeds(id) }),
    plan: async (id, changes, { room }) => {
      const found = await packs.shown(room, id);
      const next = settled(changes, found.pack);
      const view = {
        ...packView(found),
        next: changes.get("name"),
        says: changes.get("attribution"),
        under: changes.get("licence"),
      };
      if (Object.entries(next.about).every(([key, value]) => found.pack.about[key] === value))
        return { nothing: { template: "sticker/unchanged", view } };
      return {
        preview: { template: "sticker/set-preview", view },
        exactly: `set ${quote(id)}${writeSettings(changes)}`,
      };
    },
    perform: async (id, changes, { room, person, event: cause }) => {
      const make = (now: Pack | undefined): Pack | undefined => now && settled(changes, now);
      const change = await packs.change(room, { id, deed: "set-pack", make }, { person, cause });
      const view = packView(await packs.shown(room, id));
      return { template: change === undefined ? "sticker/unchanged" : "sticker/set", view };
    },
  };
}

/** Rejects with `sticker-setting`. */
function settled(changes: ReadonlyMap<string, string>, pack: Pack): Pack {
  const about: Record<string, unknown> = { ...pack.about };
  for (const [key, value] of changes) {
    if (!isSetting(key))
      throw new UsherError("sticker-setting", { setting: key, settings: Object.keys(SETTINGS) });
    const { field, most } = SETTINGS[key];
    if (value.trim() === "" || value.length > most)
      throw new UsherError("sticker-setting-value", { setting: key, most });
    about[field] = value.trim();
  }
  return { ...pack, about };
}

function removing(packs: Packs): ItemChange<undefined> {
  return {
    usual: packNeeds(),
    needs: (id) => Promise.resolve({ deed: "remove-pack", needs: packNeeds(id) }),
    plan: async (id, _, { room }) => {
      const { shown, gone } = await packs.list(room);
      const found = shown.find((one) => one.id === id);
      const exactly = `remove ${quote(id)}`;
      if (found !== undefined)
        return { preview: { template: "sticker/remove-preview", view: packView(found) }, exactly };
      if (gone.every((one) => one.id !== id)) throw unknown(id, []);
      return { unseen: true, exactly };
    },
    perform: async (id, _, { room, person, event: cause }) => {
      const wanted = { id, deed: "remove-pack", make: () => undefined } as const;
      const change = await packs.change(room, wanted, { person, cause });
      if (change === undefined) {
        await packs.forget(room, id);
        return { template: "sticker/already-gone", view: { id: asTyped(id) } };
      }
      return { template: "sticker/removed", view: { id: asTyped(id), name: change.name } };
    },
  };
}
