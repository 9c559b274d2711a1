import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import { asEventId, type EventId, type RoomId } from "../../kernel/ids.ts";
import { shortLine } from "./imports/found.ts";
import type { Content, RoomEvent, Timeline } from "../../matrix/port.ts";

const relation = z.object({
  "m.in_reply_to": z.object({ event_id: z.string() }),
  is_falling_back: z.unknown().optional(),
});

/** UTF-16 units, as many as `stickers describe` takes. */
const MOST_CAPTION = 200;

/** A command, by its event. */
interface Asked {
  readonly room: RoomId;
  readonly event: EventId;
}

/** The message that a command answers. Rejects with `sticker-no-reply` where it answers none, or one that is gone. */
export async function repliedTo(matrix: Timeline, { room, event }: Asked): Promise<RoomEvent> {
  const id = await answered(matrix, { room, event });
  const found = id === undefined ? undefined : await matrix.event(room, id);
  if (found === undefined || found.redacted) throw new UsherError("sticker-no-reply");
  return found;
}

/** Whether a command answers a message, be it there or gone. */
export async function isReply(matrix: Timeline, asked: Asked): Promise<boolean> {
  return (await answered(matrix, asked)) !== undefined;
}

async function answered(matrix: Timeline, { room, event }: Asked): Promise<EventId | undefined> {
  const asked = await matrix.event(room, event);
  const read = relation.safeParse(asked?.content["m.relates_to"]);
  // What stands in a thread names the message before it for apps that know no threads (specification, "Threading"): nobody meant to answer that.
  if (!read.success || read.data.is_falling_back === true) return undefined;
  return asEventId(read.data["m.in_reply_to"].event_id);
}

/** What a picture's message says of it beside the file. */
export interface SaidOfPicture {
  /** What the file is called. */
  readonly fileName: string | undefined;
  /** What it shows, in words of whoever sent it: one line, as long as a description may be. */
  readonly caption: string | undefined;
}

/** A body that is not the file's name is a caption (specification, "Media captions"); the body of a sticker is what it shows. */
export function saidOf({ type, content }: Pick<RoomEvent, "type" | "content">): SaidOfPicture {
  const [body, name] = [textIn(content, "body"), textIn(content, "filename")];
  const line = shortLine(body, MOST_CAPTION);
  if (type === "m.sticker") return { fileName: undefined, caption: line };
  return {
    fileName: name ?? body,
    caption: name === undefined || name === body ? undefined : line,
  };
}

function textIn(content: Content, field: string): string | undefined {
  const value = content[field];
  return typeof value === "string" && value.trim() !== "" ? value.trim().toWellFormed() : undefined;
}
