import type { PlacedFile } from "./media.ts";
import type { FileContent } from "./fileContent.ts";
import type { Content, MessageContent } from "./port.ts";
import type { StickerContent } from "./stickers.ts";

/** Clients that know no edits show this instead of the new text; no longer than needed to see what it is about. */
const LONGEST_EDIT_FALLBACK = 1000;

/**
 * The content of the `m.room.message` for a message: an `m.notice` unless it is for another bot, and always with `m.mentions`, so that no client
 * looks for names in the text. Source: specification, "Instant messaging", "Rich replies", "Threading" and "Event replacements".
 */
export function messageContent(message: MessageContent): Content {
  const { edits } = message;
  const mentions = {
    "m.mentions":
      message.mentions === undefined || message.mentions.length === 0
        ? {}
        : { user_ids: message.mentions },
  };
  if (edits !== undefined) {
    // The relation of the first message stays; whom an edit mentions was notified then, unless new.
    return {
      msgtype: "m.notice",
      body: `* ${shortened(message.body)}`,
      ...mentions,
      "m.new_content": { ...text(message), ...mentions },
      "m.relates_to": { rel_type: "m.replace", event_id: edits },
    };
  }
  const relation = relatesTo(message);
  return {
    ...text(message),
    ...mentions,
    ...(relation === undefined ? {} : { "m.relates_to": relation }),
  };
}

/**
 * The content of the `m.room.message` for a file. `place` is where it lies: `url`, or `file` with its key. Body and `filename` being the same,
 * the body is the name and no caption (specification, "Media captions").
 */
export function fileContent(
  file: FileContent,
  { place, size }: Pick<PlacedFile, "place" | "size">,
): Content {
  const { name, mimetype, picture } = file;
  const relation = relatesTo(file);
  const pixels = picture === undefined ? {} : { w: picture.width, h: picture.height };
  return {
    msgtype: picture === undefined ? "m.file" : "m.image",
    body: name,
    filename: name,
    info: { mimetype, size, ...pixels },
    ...place,
    "m.mentions": {},
    ...(relation === undefined ? {} : { "m.relates_to": relation }),
  };
}

/** The content of an `m.sticker` (specification, "Sticker messages"): the picture is its own thumbnail, for clients that show no other. */
export function stickerContent({ body, url, info, ...place }: StickerContent): Content {
  const relation = relatesTo(place);
  return {
    body,
    url,
    info: { thumbnail_url: url, thumbnail_info: info, ...info },
    "m.mentions": {},
    ...(relation === undefined ? {} : { "m.relates_to": relation }),
  };
}

function text({ body, html, asText }: MessageContent): Content {
  return {
    msgtype: asText === true ? "m.text" : "m.notice",
    body,
    ...(html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
  };
}

function relatesTo({
  replyTo,
  thread,
}: Pick<MessageContent, "replyTo" | "thread">): Content | undefined {
  if (thread !== undefined) {
    // `is_falling_back`: in the thread, the reply is there for clients that know no threads.
    return {
      rel_type: "m.thread",
      event_id: thread,
      is_falling_back: true,
      "m.in_reply_to": { event_id: replyTo ?? thread },
    };
  }
  return replyTo === undefined ? undefined : { "m.in_reply_to": { event_id: replyTo } };
}

function shortened(body: string): string {
  const characters = [...body];
  return characters.length <= LONGEST_EDIT_FALLBACK
    ? body
    : `${characters.slice(0, LONGEST_EDIT_FALLBACK).join("")}…`;
}
