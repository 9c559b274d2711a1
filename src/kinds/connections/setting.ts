import { quote } from "../../chat/tokenize.ts";
import type { ItemChange } from "../../integrations/itemCommands.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { alterationOf } from "./alteration.ts";
import type { Connections, KnownConnection } from "./connections.ts";
import { FEED, sortOf, type Sort } from "./sorts.ts";

interface SettingDeps {
  readonly connections: Connections;
  readonly clock: Pick<Clock, "now">;
}

type Change = ReadonlyMap<string, string>;

/** `set <id> key=value`: what hookshot lets change of what is there. Its name or address is what it is known by, and stays. */
export function setting({ connections, clock }: SettingDeps): ItemChange<Change> {
  /** What is meant, which this person may change. */
  const meant = async (
    room: RoomId,
    id: string,
  ): Promise<{ readonly found: KnownConnection; readonly sort: Sort }> => {
    const found = await connections.find(room, id);
    const sort = sortOf(found?.entry ?? "");
    if (found === undefined || sort === undefined || !found.live)
      throw new UsherError("connection-gone", { id });
    return { found, sort };
  };
  return {
    usual: [{ kind: "state", type: FEED.type }],
    needs: async (id, _, { room }) => {
      const { sort } = await meant(room, id);
      return { deed: "set-connection", needs: [{ kind: "state", type: sort.type }] };
    },
    plan: async (id, change, { room, person }) => {
      const { found, sort } = await meant(room, id);
      await connections.level.refuseBelow(room, person, sort);
      alterationOf(sort, change, clock.now());
      if (!connections.alters(sort)) throw new UsherError("connection-set-api");
      const typed = [...change].map(([key, value]) => `${key}=${quote(value)}`).join(" ");
      return {
        preview: { template: "connection/set-preview", view: viewOf(found, change) },
        exactly: `set ${quote(id)} ${typed}`,
      };
    },
    perform: async (id, change, { room, person }) => {
      const { found, sort } = await meant(room, id);
      await connections.level.refuseBelow(room, person, sort);
      await connections.alter(room, found, alterationOf(sort, change, clock.now()));
      return { template: "connection/set", view: viewOf(found, change) };
    },
  };
}

function viewOf({ id, name }: KnownConnection, change: Change): View {
  return { id, name, settings: [...change].map(([key, value]) => ({ key, value })) };
}
