import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Content } from "../port.ts";

/** The part of a sync answer that concerns keys; it is handled before everything else in the answer. */
export interface CryptoSyncPart {
  readonly toDevice: readonly Content[];
  readonly changedUsers: readonly UserId[];
  readonly leftUsers: readonly UserId[];
  readonly oneTimeKeyCounts: Readonly<Record<string, number>>;
  /** Undefined where the homeserver did not say. */
  readonly unusedFallbackKeys: readonly string[] | undefined;
}

export type Decryption =
  | {
      readonly kind: "decrypted";
      readonly type: string;
      readonly content: Content;
      readonly signedDevice: boolean;
      readonly device?: string;
    }
  /** `late` means that the key may still come: the cipher keeps the event and gives it to `onLate` when it does. */
  | { readonly kind: "unreadable"; readonly late: boolean; readonly reason: string };

/** The reason of an event that broke the engine each time it was tried: it is not tried again. */
export const POISON = "poison";

/** Whether an event with this type and content is part of a verification (client-server API, "Device verification"). */
export function isVerification(type: unknown, content: unknown): boolean {
  if (typeof type !== "string") return false;
  if (type.startsWith("m.key.verification.")) return true;
  return (
    type === "m.room.message" &&
    (content as Content | null | undefined)?.["msgtype"] === "m.key.verification.request"
  );
}

/** Sends an event into a room, encrypted where the room is; the same `transaction` is the same event. Rejects with an `UsherError`. */
export type SendToRoom = (
  room: RoomId,
  type: string,
  content: Content,
  transaction: string,
) => Promise<EventId>;

/** What the sync loop and the outbox need of encryption. The engine behind it is in this folder; without one, `noCipher` serves. */
export interface RoomCipher {
  readonly available: boolean;
  /** Resolves when what it brought is durable. Only after that may the sync token move. */
  receive(part: CryptoSyncPart): Promise<void>;
  /** Sends what the engine has to send (key uploads, queries, claims). Called after each batch; never rejects. */
  flush(): Promise<void>;
  /** `event` is the whole raw `m.room.encrypted` event. Never rejects. */
  decrypt(room: RoomId, event: Content): Promise<Decryption>;
  /** Shares the room's key first where needed. Rejects with an `UsherError` rather than give anything unencrypted. */
  encrypt(
    room: RoomId,
    members: readonly UserId[],
    type: string,
    content: Content,
  ): Promise<{ readonly type: string; readonly content: Content }>;
  /** Tells who is in an encrypted room, so that their devices are known before the first answer. */
  track(users: readonly UserId[]): Promise<void>;
  /** Tells of a room's `m.room.encryption` content. A change it cannot follow is ignored and the old setting kept. */
  roomEncryption(room: RoomId, content: Content): Promise<void>;
  /** Somebody left an encrypted room: its key must be replaced before the next message. Waits for no request. */
  rotate(room: RoomId): Promise<void>;
  /** Sets how messages of verifications go out that are held in a room. */
  sendsBy(send: SendToRoom): void;
  /** Takes an event of a verification that came unencrypted, as some clients send them; encrypted ones are noticed by `decrypt`. Nobody waits for it. */
  verification(room: RoomId, event: Content): void;
  /** Usher accepted this person's invitation: keys of earlier messages that they share are taken when they come (MSC4268). */
  expectHistory(room: RoomId, inviter: UserId): Promise<void>;
  /** Sets who is told when an event that was unreadable has become readable. */
  onLate(listener: (room: RoomId, event: Content) => void): void;
  /** All that follows from these late events is done. Those of which that is not said are told again after a restart. Never rejects. */
  lateHandled(events: readonly EventId[]): Promise<void>;
}

/** No encryption: nothing can be read or sent in encrypted rooms, and nothing pretends to. */
export const noCipher: RoomCipher = {
  available: false,
  receive: () => Promise.resolve(),
  flush: () => Promise.resolve(),
  decrypt: () => Promise.resolve({ kind: "unreadable", late: false, reason: "no-engine" }),
  encrypt: () => Promise.reject(new Error("encrypt was called without an engine")),
  track: () => Promise.resolve(),
  roomEncryption: () => Promise.resolve(),
  rotate: () => Promise.resolve(),
  sendsBy: () => undefined,
  verification: () => undefined,
  expectHistory: () => Promise.resolve(),
  onLate: () => undefined,
  lateHandled: () => Promise.resolve(),
};
