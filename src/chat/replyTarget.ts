import type { EventId, RoomId } from "../kernel/ids.ts";

/** Where an answer goes: under what was said, and in its thread if it was in one. */
export interface ReplyTarget {
  readonly room: RoomId;
  /** What is answered. Everything that is said is named after it, so that it is said once. */
  readonly event: EventId;
  /** The message it goes under, where that is another. */
  readonly replyTo?: EventId;
  /** It stands by itself: what it answers is in another room. */
  readonly apart?: true;
  readonly thread: EventId | undefined;
  readonly calledAs: string;
}
