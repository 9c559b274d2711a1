import type { Ability } from "../../integrations/ability.ts";
import type { KindStatus } from "../../integrations/kind.ts";
import type { RoomDocument } from "../../store/room.ts";
import { botsOf } from "./records.ts";

export const BOT_ABILITIES: readonly Ability[] = [
  { id: "invite", need: { kind: "invite" }, said: "right/invite" },
  { id: "remove", need: { kind: "kick" }, said: "right/remove" },
];

/** What `status` says of bots. */
export function botStatus(room: RoomDocument | undefined): KindStatus {
  return { here: { template: "bot/status", view: { count: botsOf(room).length } } };
}
