import type { Ability } from "../../integrations/ability.ts";
import type { KindStatus } from "../../integrations/kind.ts";
import type { RoomDocument } from "../../store/room.ts";
import type { Maubot } from "./maubot/maubot.ts";
import { faultView } from "./maubot/view.ts";
import { botsOf } from "./records.ts";

export const BOT_ABILITIES: readonly Ability[] = [
  { id: "invite", need: { kind: "invite" }, said: "right/invite" },
  { id: "remove", need: { kind: "kick" }, said: "right/remove" },
];

/** What `status` says of bots. */
export async function botStatus(
  room: RoomDocument | undefined,
  maubot: Maubot | undefined,
): Promise<KindStatus> {
  await maubot?.look();
  const view = { count: botsOf(room).length, fault: faultView(maubot?.fault) };
  return { here: { template: "bot/status", view } };
}
