import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { levelNeeded, levelOf } from "../../matrix/power.ts";
import type { BotPowers } from "./connector.ts";

/** What a bot needs that is to send these types of state events and to invite, and to do nothing else that a level of its own would let it do. */
export function withoutOwnLevel(
  power: RoomPower,
  bot: UserId,
  types: readonly string[],
): BotPowers {
  const level = levelOf(power, bot);
  const lacks = (needed: number): boolean => needed > level;
  const lacking = types.filter((type) => lacks(levelNeeded(power, { kind: "state", type }, bot)));
  return {
    level,
    events: Object.fromEntries(lacking.map((type) => [type, level])),
    invite: lacks(levelNeeded(power, { kind: "invite" }, bot)) ? level : undefined,
  };
}
