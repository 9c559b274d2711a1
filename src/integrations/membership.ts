import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomState } from "../matrix/port.ts";

/** Somebody's membership of a room, as the homeserver has it now; undefined where the room has never heard of them. */
export async function membershipIn(
  matrix: Pick<RoomState, "state">,
  room: RoomId,
  user: UserId,
): Promise<unknown> {
  return (await matrix.state(room, "m.room.member", user, "fresh"))?.["membership"];
}

/** Whether somebody with this membership is in the room, or may come in by themselves. */
export function isIn(membership: unknown): boolean {
  return membership === "join" || membership === "invite";
}
