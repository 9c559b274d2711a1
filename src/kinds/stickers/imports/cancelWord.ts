import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { plain } from "../../../kernel/plain.ts";
import type { Batch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";

interface CancelDeps {
  readonly calledAs: string;
  /** Ends what this person has going on there; whether there was something. */
  readonly cancel: (room: RoomId, person: UserId) => boolean;
  readonly goesOn: (room: RoomId, person: UserId) => boolean;
}

/**
 * Takes a `cancel` of whoever has something imported or made, which is said to nobody else: for all others it would be an answer to a question that nobody asked. What came of
 * it is said in the message about that. Gives what is left of the batch.
 */
export function withoutCancels(batch: Batch, { calledAs, cancel, goesOn }: CancelDeps): Batch {
  const words = new Set(["cancel", plain(`${calledAs} cancel`)]);
  const isCancel = ({ type, sender, roomId, content, stateKey }: RoomEvent): boolean => {
    const { msgtype, body } = content;
    if (type !== "m.room.message" || stateKey !== undefined) return false;
    if (msgtype !== "m.text" || typeof body !== "string" || body.length > 200) return false;
    return words.has(plain(body)) && goesOn(roomId, sender);
  };
  if (!batch.rooms.some(({ events }) => events.some(isCancel))) return batch;
  return {
    ...batch,
    rooms: batch.rooms.map((room) => ({
      ...room,
      events: room.events.filter((event) => {
        if (!isCancel(event)) return true;
        cancel(event.roomId, event.sender);
        return false;
      }),
    })),
  };
}
