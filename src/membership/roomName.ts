import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { RoomState } from "../matrix/port.ts";

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
