import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { defaultLevel, givenLevel, levelNeeded, POWER_LEVELS } from "../../matrix/power.ts";

/**
 * In whose name the bridge is asked: it looks for their level in the room's power levels alone, where creators of rooms of version 12 and later do not stand
 * (`needed` is what it wants to find there).
 */
export function askerOf(
  power: RoomPower,
  candidates: readonly (UserId | undefined)[],
): { readonly user: UserId | undefined; readonly needed: number } {
  const users = candidates.filter((user) => user !== undefined);
  const need = { kind: "state", type: POWER_LEVELS } as const;
  const neededOf = (user: UserId): number => levelNeeded(power, need, user);
  const listed = (user: UserId): number => givenLevel(power, user) ?? defaultLevel(power);
  return {
    user: users.find((user) => listed(user) >= neededOf(user)),
    needed: Math.max(0, ...users.map(neededOf)),
  };
}
