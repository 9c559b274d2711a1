import { mayPass } from "../../chat/retryTransient.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { OwnAccount, PowerLevels, RoomMembers } from "../../matrix/port.ts";
import { allowed } from "../../matrix/power.ts";
import type { Outward } from "../../rights/holdings/outward.ts";
import type { Bridges } from "./bridges.ts";
import { BRIDGE_LINKS, LOGIN_MADE } from "./dataMap.ts";
import type { Logins } from "./logins/logins.ts";
import type { MadeLogins } from "./logins/madeLogins.ts";
import { hostView } from "./views.ts";

interface OutwardDeps {
  readonly bridges: Bridges;
  readonly matrix: OwnAccount & RoomMembers & PowerLevels;
  readonly queue: Pick<KeyedQueue, "inTurn">;
  readonly isBot: (user: UserId) => boolean;
  readonly made: Pick<MadeLogins, "of">;
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
        if (record !== undefined && addedBy === person) await bridges.erase(room, record);
      }),
    keeps: (id) => {
      const entry = bridges.entryOf(id);
      if (entry === undefined) return undefined;
      const { keeps } = bridges.connectorOf(id).traits;
      return { template: "bridge/keeps", view: { bridge: entry.name, keeps, ...hostView(entry) } };
    },
    ofPeople: outwardLogins(deps),
  };
}

/** Whom Usher has logged in it logs out. Where the bridge is not in the catalogue any more, or gives no log-ins to Usher, it cannot. */
function outwardLogins({ bridges, made }: OutwardDeps): NonNullable<Outward["ofPeople"]> {
  const loginsAt = (entry: string): Logins | undefined =>
    bridges.entryOf(entry) && bridges.connectorOf(entry).logins?.byUsher;
  return {
    record: LOGIN_MADE,
    things: async (person) =>
      (await made.of(person)).map(({ bridge, login }) => ({
        ...{ entry: bridge, id: login },
        goes: loginsAt(bridge) !== undefined,
      })),
    takeAway: async (person, { entry, id }) => loginsAt(entry)?.logout(person, id),
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
