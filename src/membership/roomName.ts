import { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomState } from "../matrix/port.ts";

/** The same for one person. What a room is called by now is not told to those who are in it no longer; where Usher is out, it is as it was then. */
export async function roomNameFor(
  matrix: Pick<RoomState, "state">,
  room: RoomId,
  person: UserId,
): Promise<string | undefined> {
  try {
    const member = await matrix.state(room, "m.room.member", person);
    return member?.["membership"] === "join" ? await roomName(matrix, room) : undefined;
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}

/** What the room calls itself; undefined where it does not, or cannot be looked at any more. */
export async function roomName(
  matrix: Pick<RoomState, "state">,
  room: RoomId,
): Promise<string | undefined> {
  try {
    const name = (await matrix.state(room, "m.room.name", ""))?.["name"];
    return typeof name === "string" && name.trim() !== "" ? name.slice(0, 200) : undefined;
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}
