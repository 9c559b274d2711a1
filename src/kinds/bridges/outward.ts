import { mayPass } from "../../chat/retryTransient.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomMembers } from "../../matrix/port.ts";
import { allowed } from "../../matrix/power.ts";
import type { Outward } from "../../rights/holdings/outward.ts";
import type { Bridges } from "./bridges.ts";
import { BRIDGE_LINKS } from "./dataMap.ts";
import { hostView } from "./views.ts";

interface OutwardDeps {
  readonly bridges: Bridges;
  readonly matrix: OwnAccount & RoomMembers & PowerLevels;
  readonly queue: Pick<KeyedQueue, "inTurn">;
  readonly isBot: (user: UserId) => boolean;
}

/**
 * Links are a room's, and not only of whoever made them. One goes at its bridge with its person where it works by their own log-in there, where nobody else in the room
 * could take it away, or where they name it and may take it away; any other stays for the room, without their name.
 */
export function outwardLinks(deps: OutwardDeps): Outward {
  const { bridges, queue } = deps;
  return {
    record: BRIDGE_LINKS,
    goes: async ({ entry }, { person, room, named }) => {
      const known = bridges.entryOf(String(entry));
      if (known === undefined) return false;
      const { traits } = bridges.connectorOf(known.id);
      if (traits.puppeting === "own") return true;
      const mayTakeAway = await whoMay(deps, known.id, room);
      if (mayTakeAway === undefined) return false;
      return mayTakeAway.has(person) ? named || mayTakeAway.size === 1 : mayTakeAway.size === 0;
    },
    takeAway: (room, id, person) =>
      queue.inTurn(room, async () => {
        const record = await bridges.record(room, id);
        const { addedBy = person } = record ?? {};
        // Between two tries somebody else may have linked the same anew.
        if (record !== undefined && addedBy === person) await bridges.takeOut(room, record);
      }),
    keeps: (id) => {
      const entry = bridges.entryOf(id);
      if (entry === undefined) return undefined;
      const { keeps } = bridges.connectorOf(id).traits;
      return { template: "bridge/keeps", view: { bridge: entry.name, keeps, ...hostView(entry) } };
    },
  };
}

/** The people in the room who may take a link of this bridge away; undefined where Usher is there no more, and so can do nothing. */
async function whoMay(
  { bridges, matrix, isBot }: OutwardDeps,
  entry: string,
  room: RoomId,
): Promise<ReadonlySet<UserId> | undefined> {
  const needs = [{ kind: "kick" } as const, ...bridges.connectorOf(entry).rule];
  try {
    const [{ joined }, power] = await Promise.all([matrix.members(room), matrix.power(room)]);
    const people = [...joined].filter((user) => user !== matrix.me && !isBot(user));
    return new Set(people.filter((user) => needs.every((need) => allowed(power, user, need))));
  } catch (error) {
    if (mayPass(error)) throw error;
    return undefined;
  }
}
