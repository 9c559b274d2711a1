import { isIn } from "../../integrations/membership.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Need } from "../../matrix/power.ts";
import type { BotLevel } from "./botLevel.ts";
import type { Departure } from "./departure.ts";
import type { ConnectionRecord } from "./records.ts";
import type { Sort } from "./sorts.ts";

/** What is looked at. */
interface Rooms {
  readonly level: Pick<BotLevel, "wanted">;
  readonly departure: Pick<Departure, "isOfUse">;
  /** By the homeserver. */
  membership(room: RoomId, user: UserId): Promise<unknown>;
}

/** What connecting takes of whoever asks and of Usher; hookshot's own rule, which is of levels alone, is asked apart (`BotLevel.refuseBelow`). */
export async function connectionNeeds(
  rooms: Omit<Rooms, "departure">,
  room: RoomId,
  { bot, sort }: { readonly bot: UserId; readonly sort: Sort },
): Promise<readonly Need[]> {
  const [{ given }, membership] = await Promise.all([
    rooms.level.wanted(room, bot, sort),
    rooms.membership(room, bot),
  ]);
  const isHere = isIn(membership);
  // Else nobody could take the bot out again, or its power from it, also where it fails.
  const above = { kind: "kick", user: bot, level: given ?? -Infinity, only: "usher" } as const;
  return [
    { kind: "state", type: sort.type },
    ...(isHere ? [] : [{ kind: "invite" } as const]),
    ...(isHere && given === null ? [] : [above]),
    ...(given === null ? [] : [{ kind: "level", user: bot, level: given } as const]),
  ];
}

/** What taking it away takes of whoever asks, and of Usher: its bot, which Usher has brought, goes with the last of what that was for, also where somebody takes it out by hand. */
export async function removalNeeds(
  rooms: Omit<Rooms, "level">,
  room: RoomId,
  sort: Sort,
  record: ConnectionRecord | undefined,
): Promise<readonly Need[]> {
  const state: Need = { kind: "state", type: sort.type };
  if (record === undefined || record.wasHere === true) return [state];
  const isHere = isIn(await rooms.membership(room, record.bot));
  if (!isHere || (await rooms.departure.isOfUse(room, record))) return [state];
  return [state, { kind: "kick", user: record.bot, only: "usher" }];
}
