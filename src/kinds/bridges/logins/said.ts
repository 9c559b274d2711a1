import { lineOf } from "../../../chat/line.ts";
import type { UserId } from "../../../kernel/ids.ts";
import type { Batch, RoomBatch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";

/** Whether this person said it, and it can be read. */
export function isSaidBy(event: RoomEvent, person: UserId): boolean {
  const { type, sender, stateKey, redacted, encryption } = event;
  if (type !== "m.room.message" || sender !== person || stateKey !== undefined) return false;
  return !redacted && encryption !== "unreadable";
}

/** The line that is said, without what it replies to. */
export function lineIn({ content }: RoomEvent): string {
  const body = content["body"];
  return typeof body === "string" ? lineOf(body).line : "";
}

/** The batch without the events that are taken out of each room. */
export function without(batch: Batch, taken: (room: RoomBatch) => readonly RoomEvent[]): Batch {
  const rooms = batch.rooms.map((room) => {
    const out = taken(room);
    if (out.length === 0) return room;
    return { ...room, events: room.events.filter((event) => !out.includes(event)) };
  });
  return { ...batch, rooms };
}
