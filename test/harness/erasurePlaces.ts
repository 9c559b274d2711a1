import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";

export const ANN = "@ann:example.org" as UserId;
export const BOB = "@bob:example.org" as UserId;
export const ROOM = "!room:example.org" as RoomId;
export const DIRECT = "!direct:example.org" as RoomId;
/** A chat of Ann and Usher that is not encrypted. */
export const CLEAR = "!clear:example.org" as RoomId;

/** What is said by itself, in the order of its steps, each once. */
export interface SaidApart {
  readonly room: RoomId;
  readonly event: EventId;
  readonly step: string;
  readonly body: string;
}

/** What a message of Ann's is beside its words. */
export const SAID = {
  ...{ type: "m.room.message", sender: ANN, originServerTs: 0, redacted: false },
  encryption: "none",
} as const;
/** What sentences are said with. */
export const about = { calledAs: "", dpo: undefined, support: undefined };
