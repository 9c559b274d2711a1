import { mayPass } from "../../chat/retryTransient.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, RoomMembers } from "../../matrix/port.ts";
import type { Outward } from "../../rights/holdings/outward.ts";
import type { Connections } from "./connections.ts";
import { CONNECTIONS } from "./dataMap.ts";
import type { HookshotSettings } from "./settings.ts";
import { sortOf } from "./sorts.ts";
import { hostView } from "./views.ts";

interface OutwardDeps {
  readonly connections: Connections;
  readonly matrix: OwnAccount & RoomMembers;
  readonly queue: Pick<KeyedQueue, "inTurn">;
  readonly settings: HookshotSettings | undefined;
}

/**
 * A connection is a room's, and not only of whoever made it, as a link by a bridge is: it goes with its person where nobody else in the room could take it away, or where
 * they name it and may; any other stays for the room, without their name.
 */
export function outwardConnections(deps: OutwardDeps): Outward {
  const { connections, queue, settings } = deps;
  return {
    record: CONNECTIONS,
    goes: async ({ entry }, { person, room, named }) => {
      const mayTakeAway = await whoMay(deps, String(entry), room);
      if (mayTakeAway === undefined) return false;
      return mayTakeAway.has(person) ? named || mayTakeAway.size === 1 : mayTakeAway.size === 0;
    },
    takeAway: (room, id, person) =>
      queue.inTurn(room, async () => {
        const found = await connections.find(room, id);
        const { addedBy = person } = found?.record ?? {};
        // Between two tries somebody else may have added the same anew.
        if (found?.record !== undefined && addedBy === person)
          await connections.takeOut(room, found);
      }),
    keeps: () => settings && { template: "connection/keeps", view: { ...hostView(settings) } },
  };
}

/** The people in the room who may take something of this sort away; undefined where Usher can do nothing there, or knows no such sort. */
async function whoMay(
  { connections, matrix, settings }: OutwardDeps,
  entry: string,
  room: RoomId,
): Promise<ReadonlySet<UserId> | undefined> {
  const sort = sortOf(entry);
  if (sort === undefined || settings === undefined) return undefined;
  try {
    const { joined } = await matrix.members(room);
    const people = [...joined].filter((user) => user !== matrix.me && user !== settings.bot);
    return await connections.level.whoMay(room, people, sort);
  } catch (error) {
    if (mayPass(error)) throw error;
    return undefined;
  }
}
