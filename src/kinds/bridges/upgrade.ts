import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { isAborted } from "../../matrix/errors.ts";
import {
  recordedItems,
  type CarriedItem,
  type RoomUpgradeHandler,
} from "../../integrations/roomUpgrade.ts";
import { NOBODY } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import type { Bridges } from "./bridges.ts";
import { bridgePart, type BridgeRecord } from "./records.ts";
import { givenIn } from "./departure.ts";

/**
 * Takes bridges from a room to the one that replaces it: unlinked there, and linked here, for a place can be linked with one room. Where the bridge has taken the link along by itself, it
 * is found here, and only the record is taken over.
 */
export function bridgeUpgradeHandler(bridges: Bridges, documents: Documents): RoomUpgradeHandler {
  return {
    ...recordedItems(bridgePart, documents, {
      itemOf: ({ id, name, addedBy }) => ({ id, name, addedBy }),
      carryOne: (from, to, record) => carryOne(bridges, from, to, record),
    }),
    needs: [{ kind: "invite" }, { kind: "state", type: "m.room.power_levels", only: "person" }],
    removal: () => undefined,
  };
}

async function carryOne(
  bridges: Bridges,
  from: RoomId,
  to: RoomId,
  record: BridgeRecord,
): Promise<CarriedItem["result"]> {
  const { entry, cause, addedBy = NOBODY } = record;
  const id = bridges.idOf(entry, to, record);
  const there = await bridges.record(to, id);
  if (there !== undefined && there.cause !== cause) return "there";
  if (bridges.entryOf(entry) === undefined) return "gone";
  if (there === undefined) {
    await bridges.carriedByItself(record, to);
    await bridges.departure.clean(record, from, to);
    if (!(await unlinked(bridges, from, record, to))) return "refused";
    // The new room has the old one's power levels: what was given there is given anew, so that it is known.
    await bridges.levels.takeBack(to, record.bot, givenIn(record));
  }
  const result = await linked(bridges, to, record, { person: addedBy, cause });
  await bridges.departure.inherit(record, from, { id, room: to });
  // Not before: until then it is all that says what is to be linked.
  await bridges.forget(from, record);
  return result;
}

/** What cannot be taken out of the old room stays there, half done. */
async function unlinked(
  bridges: Bridges,
  from: RoomId,
  record: BridgeRecord,
  turn: RoomId,
): Promise<boolean> {
  try {
    await bridges.unlink(from, record, turn);
    return true;
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    await bridges.leftHalfDone(from, record);
    return false;
  }
}

/** What the bridge refuses in the one room harms no other thing. */
async function linked(
  bridges: Bridges,
  to: RoomId,
  record: BridgeRecord,
  by: Parameters<Bridges["link"]>[3],
): Promise<CarriedItem["result"]> {
  try {
    await bridges.link(to, record.entry, record, by);
    return "carried";
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    return "refused";
  }
}
