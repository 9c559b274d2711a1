import type { Answer } from "../../chat/command.ts";
import { powerView } from "../../chat/roles.ts";
import type { Ability } from "../../integrations/ability.ts";
import type { KindStatus } from "../../integrations/kind.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { levelNeeded, type Need } from "../../matrix/power.ts";
import type { RoomDocument } from "../../store/room.ts";
import { packPart } from "./records.ts";
import { PACK_TYPE } from "./state.ts";

const CHANGE_PACKS: Need = { kind: "state", type: PACK_TYPE };

export const PACK_ABILITIES: readonly Ability[] = [
  { id: "packs", need: CHANGE_PACKS, said: "right/packs" },
];

/** What `status` says of sticker packs. */
export function packStatus(
  room: RoomDocument | undefined,
  power: RoomPower,
  usher: UserId,
): KindStatus {
  const needed = powerView(levelNeeded(power, CHANGE_PACKS, usher));
  const takes: Answer = { template: "sticker/status-takes", view: { needed } };
  return { takes, here: { template: "sticker/status", view: { count: packPart.of(room).length } } };
}
