import { isIn } from "../../integrations/membership.ts";
import {
  recordedItems,
  type CarriedItem,
  type RoomUpgradeHandler,
} from "../../integrations/roomUpgrade.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { isAborted } from "../../matrix/errors.ts";
import { NOBODY } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import type { Connections } from "./connections.ts";
import { connectedOf, connectionId, connectionPart, type ConnectionRecord } from "./records.ts";
import { wantedOf } from "./setUp.ts";
import { FEED, sortOfType, type SortId } from "./sorts.ts";

/**
 * Takes connections from a room to the one that replaces it. Hookshot does that by itself where its bot can join there, and all of this looks first: then only the
 * records are taken along.
 */
export function connectionUpgradeHandler(
  connections: Connections,
  { documents, bot }: { readonly documents: Documents; readonly bot: UserId | undefined },
): RoomUpgradeHandler {
  return {
    ...recordedItems(connectionPart, documents, {
      itemOf: ({ id, name, addedBy }) => ({ id, name, addedBy }),
      carryOne: (from, to, record) => carryOne(connections, from, to, record),
    }),
    needs: [{ kind: "invite" }, { kind: "state", type: FEED.type }],
    // What hookshot itself writes is what Usher has asked it for.
    removal: ({ type, stateKey, content, sender, roomId }) => {
      const sort = sortOfType(type);
      const isGone = Object.keys(content).length === 0 || content["disabled"] === true;
      if (sort === undefined || sender === bot || !isGone) return undefined;
      return connectionId(sort.id, roomId, sort.keyOf(stateKey));
    },
    // Its bot goes, and what it was given, as with a removal; whoever took it out may have no leave of hookshot's, which then goes on with it.
    forgetting: async (room, ids) => {
      for (const found of await connections.list(room))
        if (ids.has(found.id) && !found.live && !found.halfDone)
          await connections.disconnect(room, found);
    },
  };
}

async function carryOne(
  connections: Connections,
  from: RoomId,
  to: RoomId,
  record: ConnectionRecord,
): Promise<CarriedItem["result"]> {
  const { entry, key, name, cause, addedBy = NOBODY } = record;
  const id = connectionId(entry, to, key);
  const there = await connections.record(to, id);
  if (there !== undefined && there.cause !== cause) return "there";
  const { logIn, secret } = wantedOf(record).sort;
  // Only hookshot itself can take it along.
  if (logIn !== undefined && there === undefined && !(await connections.stands(to, record)))
    return "refused";
  const target = { ...connectedOf(record), entry: entry as SortId, name };
  try {
    // It gets a new secret there, which is for nobody who has gone.
    if (secret !== undefined && !(await isAround(connections, addedBy, from, to))) return "refused";
    // The new room may have the old one's power levels: what was given there is given anew, so that it is known.
    if (there === undefined) await connections.level.takeBack(to, record.bot, record.power);
    const { is } = await connections.connect(to, target, { person: addedBy, cause });
    // What may come to nothing there must not end here.
    if (is !== "done") {
      await connections.giveUp(to, id, addedBy);
      return "refused";
    }
    await connections.disconnect(from, { id: record.id, entry, key, record }, to);
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    return "refused";
  }
  // Not before: until then it is all that says what is to be connected.
  await connections.forget(from, record.id);
  return "carried";
}

async function isAround(
  connections: Connections,
  person: UserId,
  ...rooms: readonly RoomId[]
): Promise<boolean> {
  const memberships = await Promise.all(rooms.map((room) => connections.membership(room, person)));
  return memberships.some(isIn);
}
