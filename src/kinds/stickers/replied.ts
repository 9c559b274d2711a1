import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import { asEventId, type EventId, type RoomId } from "../../kernel/ids.ts";
import type { Content, RoomEvent, Timeline } from "../../matrix/port.ts";

const relation = z.object({ "m.in_reply_to": z.object({ event_id: z.string() }) });

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
  return read.success ? asEventId(read.data["m.in_reply_to"].event_id) : undefined;
}

/** What a picture's message says of it beside the file. */
export interface SaidOfPicture {
  /** What the file is called. */
  readonly fileName: string | undefined;
  /** What it shows, in words of whoever sent it. */
  readonly caption: string | undefined;
}

/** A body that is not the file's name is a caption (specification, "Media captions"); the body of a sticker is what it shows. */
export function saidOf({ type, content }: Pick<RoomEvent, "type" | "content">): SaidOfPicture {
  const [body, name] = [textIn(content, "body"), textIn(content, "filename")];
  if (type === "m.sticker") return { fileName: undefined, caption: body };
  return {
    fileName: name ?? body,
    caption: name === undefined || name === body ? undefined : body,
  };
}

function textIn(content: Content, field: string): string | undefined {
  const value = content[field];
  return typeof value === "string" && value.trim() !== "" ? value.trim().toWellFormed() : undefined;
}
