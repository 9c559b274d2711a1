import type { RoomId } from "../kernel/ids.ts";
import type { SetUp } from "../store/room.ts";
import type { SetUpDefinition } from "./setUp.ts";

/** A set-up, with how its kind does it. */
export interface HalfDone {
  readonly setUp: SetUp;
  readonly definition: SetUpDefinition;
}

/** What is half done in a room, but what its kind has among its own things from the first step on. */
export async function halfDoneIn(
  setUps: { of(room: RoomId): Promise<readonly HalfDone[]> },
  room: RoomId,
): Promise<readonly HalfDone[]> {
  return (await setUps.of(room)).filter(({ definition }) => definition.itemFromStart !== true);
}
