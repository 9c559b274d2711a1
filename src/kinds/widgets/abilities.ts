import type { Answer } from "../../chat/command.ts";
import { powerView } from "../../chat/roles.ts";
import type { Ability } from "../../integrations/ability.ts";
import type { KindStatus } from "../../integrations/kind.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { levelNeeded, type Need } from "../../matrix/power.ts";
import type { RoomDocument } from "../../store/room.ts";
import { widgetPart } from "./records.ts";
import { WIDGET_TYPE } from "./state.ts";

const CHANGE_WIDGETS: Need = { kind: "state", type: WIDGET_TYPE };

export const WIDGET_ABILITIES: readonly Ability[] = [
  { id: "widgets", need: CHANGE_WIDGETS, said: "right/widgets" },
];

/** What `status` says of widgets. */
export function widgetStatus(
  room: RoomDocument | undefined,
  power: RoomPower,
  usher: UserId,
): KindStatus {
  const needed = powerView(levelNeeded(power, CHANGE_WIDGETS, usher));
  const takes: Answer = { template: "widget/status-takes", view: { needed } };
  return {
    takes,
    here: { template: "widget/status", view: { count: widgetPart.of(room).length } },
  };
}
