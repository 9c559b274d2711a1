import { asUserId, type RoomId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import {
  recordedItems,
  type CarriedItem,
  type RoomUpgradeHandler,
} from "../../integrations/roomUpgrade.ts";
import type { Bots } from "./bots.ts";
import { botId, isHere, presenceOf } from "./presence.ts";
import { botPart, type BotRecord } from "./records.ts";

/**
 * Brings Usher's bots into the room that replaces another: they are invited there, and set up as they come. The power they had comes with the
 * room's own power levels, or is given again.
 */
export function botUpgradeHandler(bots: Bots, documents: Documents): RoomUpgradeHandler {
  return {
    ...recordedItems(botPart, documents, {
      itemOf: ({ id, user, addedBy }) => ({ id, name: bots.entryOf(user)?.name ?? user, addedBy }),
      carryOne: (from, to, record) => carryOne(bots, from, to, record),
    }),
    needs: [{ kind: "invite" }],
    removal: (event) => {
      const user = event.type === "m.room.member" ? asUserId(event.stateKey) : undefined;
      if (user === undefined) return undefined;
      // One that left by itself was not taken out.
      const { is } = presenceOf(event, user);
      return is === "kicked" || is === "banned" ? botId(user) : undefined;
    },
  };
}

async function carryOne(
  bots: Bots,
  from: RoomId,
  to: RoomId,
  record: BotRecord,
): Promise<CarriedItem["result"]> {
  if (!isHere(await bots.presence(from, record.user))) return "gone";
  const there = isHere(await bots.presence(to, record.user));
  // Somebody has asked for it in the new room too.
  if (there && (await bots.isHalfDone(to, record.user))) return "there";
  await bots.invite(to, record);
  return there ? "there" : "carried";
}
