import { quote } from "../../chat/tokenize.ts";
import type { ItemChange, ItemCommands } from "../../integrations/itemCommands.ts";
import { shownSetUp } from "../../integrations/setUpItems.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { Bridges, KnownBridge } from "./bridges.ts";
import { unlinkingNeeds } from "./needs.ts";
import type { BridgeRecord } from "./records.ts";
import { healthView, hostView, otherView, rowView, traitsView } from "./views.ts";

/** Bridges, for the commands that go by id. */
export function bridgeItems(bridges: Bridges): ItemCommands {
  const one = async (room: RoomId, id: string): Promise<KnownBridge> => {
    const bridge = await bridges.find(room, id);
    if (bridge === undefined) throw new UsherError("bridge-gone", { id });
    return bridge;
  };
  const nameOf = ({ entry }: BridgeRecord): string => bridges.entryOf(entry)?.name ?? entry;

  return {
    list: async (room) => {
      const [all, others] = await Promise.all([bridges.list(room), bridges.linksOfOthers(room)]);
      if (all.length + others.length === 0) return undefined;
      const rows = all.map((bridge) => rowView(bridge, nameOf(bridge.record)));
      return { template: "list/bridges", view: { bridges: rows, others: others.map(otherView) } };
    },
    things: async (room) =>
      (await bridges.records(room)).map(({ id, name, channel, entry }) => ({
        id,
        name,
        also: [channel, entry],
      })),
    show: async (room, id) => {
      const bridge = await one(room, id);
      const halfDone = await bridges.halfDone(room, id);
      if (halfDone !== undefined) return shownSetUp(halfDone);
      const entry = bridges.entryOf(bridge.record.entry);
      const about =
        entry === undefined
          ? { known: false }
          : {
              ...{ known: true, ...hostView(entry) },
              health: healthView(await bridges.health(entry.id)),
              traits: traitsView(bridges.connectorOf(entry.id).traits),
              kickEnds: bridges.connectorOf(entry.id).traits.kickEnds,
            };
      return {
        template: "bridge/shown",
        view: { ...rowView(bridge, nameOf(bridge.record)), ...about },
      };
    },
    fixed: (said) => new UsherError("bridge-fixed", { said }),
    remove: removing(bridges, nameOf),
  };
}

function removing(
  bridges: Bridges,
  nameOf: (record: BridgeRecord) => string,
): ItemChange<undefined> {
  return {
    usual: [{ kind: "kick" }],
    needs: async (id, _, { room }) => {
      const needs = await unlinkingNeeds(bridges, room, await bridges.record(room, id));
      return { deed: "remove-bridge", needs };
    },
    plan: async (id, _, { room }) => {
      const record = await bridges.record(room, id);
      if (record === undefined) throw new UsherError("bridge-gone", { id });
      const { name, bot, addedBy } = record;
      return {
        preview: {
          template: "bridge/remove-preview",
          view: { name, bot, addedBy, bridge: nameOf(record) },
        },
        exactly: `remove ${quote(id)}`,
      };
    },
    perform: async (id, _, { room, person, event }) => {
      const name = (await bridges.record(room, id))?.name ?? id;
      // Found again after a crash, when all was done but the answer.
      const how = await bridges.remove(room, id, { person, cause: event });
      return {
        template: how === "gone" ? "bridge/already-gone" : "bridge/removed",
        view: { name },
      };
    },
  };
}
