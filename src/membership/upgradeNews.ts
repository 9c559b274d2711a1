import type { RoomId } from "../kernel/ids.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { StateEvent } from "../matrix/port.ts";
import { POWER_LEVELS } from "../matrix/power.ts";

export const TOMBSTONE = "m.room.tombstone";

/** What a batch says about rooms that are replaced by others. */
export interface UpgradeNews {
  /** Tombstones that were put into rooms. */
  readonly tombstones: readonly StateEvent[];
  /** Rooms that may have got one that was not heard. */
  readonly unheard: readonly RoomId[];
  /** New rooms in which more may be possible than before. */
  readonly mayAdvance: readonly RoomId[];
  /** New rooms that Usher is in no longer. */
  readonly lost: readonly RoomId[];
}

export function upgradeNews({
  rooms,
  departures,
}: Pick<Batch, "rooms" | "departures">): UpgradeNews {
  const seenAnew = ({ gap, joined }: RoomBatch): boolean => gap || joined === true;
  const newPower = ({ events }: RoomBatch): boolean =>
    events.some(({ type, stateKey }) => type === POWER_LEVELS && stateKey === "");
  return {
    tombstones: rooms.flatMap(({ events }) => events.filter(isTombstone)),
    unheard: rooms.filter(seenAnew).map(({ roomId }) => roomId),
    mayAdvance: rooms
      .filter((room) => seenAnew(room) || newPower(room))
      .map(({ roomId }) => roomId),
    lost: departures.map(({ roomId }) => roomId),
  };
}

export function isTombstone(event: {
  readonly type: string;
  readonly stateKey?: string;
}): event is StateEvent {
  return event.type === TOMBSTONE && event.stateKey === "";
}
