import { asRoomId, type RoomId, type UserId } from "../kernel/ids.ts";
import { isContent } from "../matrix/events.ts";
import type { Content, RoomPower, StateEvent } from "../matrix/port.ts";
import { allowed, defaultLevel, levelOf, roomPower } from "../matrix/power.ts";
import { membersOf } from "../matrix/roomReader.ts";

/** A room that is said to be replaced: its tombstone and its power levels. */
export interface Replaced {
  readonly room: RoomId;
  /** Who sent the tombstone. */
  readonly by: UserId;
  readonly power: RoomPower;
}

/** The room that is said to replace it, as its own state has it. */
export interface Successor {
  readonly create: Content;
  readonly power: RoomPower;
  readonly joined: ReadonlySet<UserId>;
}

/** Why a tombstone is not followed. */
export type UpgradeFault =
  "tombstone-without-power" | "does-not-point-back" | "not-a-member-there" | "without-power-there";

/**
 * Whether one room is truly replaced by another: undefined if so. Anybody with some power can point a tombstone anywhere, and anybody can make
 * a room that claims a predecessor: it takes both, and one person who is entitled to both. In the old room that is the power to send the
 * tombstone; in the new one, being in it with the power to invite, which a creator has (of version 12 and later without limit).
 * Source: Matrix specification, "Room Upgrades"; the event id of the predecessor is optional since version 12 and counts for nothing.
 */
export function verifyUpgrade(old: Replaced, successor: Successor): UpgradeFault | undefined {
  if (!allowed(old.power, old.by, { kind: "state", type: "m.room.tombstone" }))
    return "tombstone-without-power";
  const { create, power, joined } = successor;
  const predecessor = isContent(create["predecessor"])
    ? create["predecessor"]["room_id"]
    : undefined;
  if (predecessor !== old.room) return "does-not-point-back";
  if (!joined.has(old.by)) return "not-a-member-there";
  // In rooms where everybody may invite, the right to do so proves nothing.
  const entitled = power.creators.has(old.by) || levelOf(power, old.by) > defaultLevel(power);
  return entitled && allowed(power, old.by, { kind: "invite" }) ? undefined : "without-power-there";
}

/** The room that a tombstone names; undefined where it names none, or the room itself. */
export function successorIn(tombstone: Content, old: RoomId): RoomId | undefined {
  const named = tombstone["replacement_room"];
  const room = typeof named === "string" ? asRoomId(named) : undefined;
  return room === old ? undefined : room;
}

/** A room as `verifyUpgrade` looks at it, from its whole state; undefined where that has no create event. */
export function successorFrom(state: readonly StateEvent[]): Successor | undefined {
  const single = (type: string): StateEvent | undefined =>
    state.find((event) => event.type === type && event.stateKey === "");
  const create = single("m.room.create");
  if (create === undefined) return undefined;
  return {
    create: create.content,
    power: roomPower(create, single("m.room.power_levels")?.content),
    joined: membersOf(state).joined,
  };
}
