import type { RoomId, UserId } from "../../../src/kernel/ids.ts";
import type { Content } from "../../../src/matrix/port.ts";

/** What a scripted bridge does to rooms, as its bot. Nothing of it fails: what the bot may not do is not done. */
export interface Hands {
  /** Somebody's membership of a room. */
  membership(room: RoomId, user: UserId): unknown;
  join(room: RoomId): void;
  leave(room: RoomId): void;
  invite(room: RoomId, user: UserId): void;
  write(room: RoomId, type: string, stateKey: string, content: Content): void;
  /** Says something that answers nothing. */
  say(room: RoomId, line: string): void;
}

export interface HttpOrder {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

export interface HttpReply {
  readonly status: number;
  readonly json: unknown;
}

/** A bridge in memory, which outlives every life of Usher. One for each connector. */
export interface ScriptedBridge {
  readonly bot: UserId;
  /** Its entry of the catalogue, as an operator writes it. */
  readonly entry: object;
  /** What a room is linked with, as somebody types it. */
  readonly words: readonly string[];
  /** By the steps of a set-up that only a bridge can spoil, the order that it heeds no more then. */
  readonly spoils: Readonly<Partial<Record<"link" | "finish" | "linked" | "unlink", string>>>;
  /** What it does not heed now: by its orders, and by what else `spoils` names. */
  readonly deaf: Set<string>;
  /** It heeds all again, and does what is overdue. */
  heal(): void;
  /** What it answers to what it is told in a room, line by line. */
  hear(room: RoomId, body: string): readonly string[];
  /** What it answers by HTTP, behind `/_matrix/provision/`, where it has that. */
  answers?(question: HttpOrder): HttpReply;
  /** Its bot was invited to a room. */
  invited(room: RoomId): void;
  /** Its bot was put out of a room. */
  kicked(room: RoomId): void;
  /** Whether the room is linked: the truth of the far side. */
  linked(room: RoomId): boolean;
}
