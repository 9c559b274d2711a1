import type { EventId, RoomId } from "../kernel/ids.ts";
import type { Timeline } from "../matrix/port.ts";
import { belowLine } from "./line.ts";

/**
 * What a message says from `first` on, the end of its first line, to its end: a command is one line, but somebody's own words go on below it. Rejects as
 * `event` does.
 */
export async function wholeText(
  matrix: Timeline,
  { room, event }: { readonly room: RoomId; readonly event: EventId },
  first = "",
): Promise<string> {
  const body = (await matrix.event(room, event))?.content["body"];
  const below = typeof body === "string" ? belowLine(body) : "";
  return `${first}\n${below}`.trim().toWellFormed();
}
