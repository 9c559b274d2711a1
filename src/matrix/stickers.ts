import type { EventId, MxcUri, RoomId } from "../kernel/ids.ts";
import type { View } from "../kernel/errors.ts";
import type { Once } from "./transaction.ts";

/** A sticker. */
// A type and not an interface, so that it may be part of an answer.
export type Sticker = {
  /** What it shows, in words. */
  readonly body: string;
  readonly url: MxcUri;
  readonly info: View;
};

/** A sticker to send. */
export interface StickerContent extends Sticker {
  readonly replyTo?: EventId;
  readonly thread?: EventId;
}

/** The view of a homeserver for whoever sends stickers. */
export interface Stickers {
  /** Sends an `m.sticker` (client-server API, "Sticker messages") in the room's order, encrypted where the room is. The picture itself is not. */
  sendSticker(room: RoomId, sticker: StickerContent, once: Once): Promise<EventId>;
}
