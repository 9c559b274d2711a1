import { z } from "zod";
import {
  asEventId,
  asRoomId,
  asUserId,
  type EventId,
  type RoomId,
  type UserId,
} from "../kernel/ids.ts";
import type { Decryption } from "./crypto/cipher.ts";
import type { Content, RoomEvent, Unread } from "./port.ts";

/**
 * Whether this is an object as JSON has them. One with a member named `__proto__` is refused: nothing honest is called that, and
 * copying it with `Object.assign` would change what the copy inherits.
 */
export function isContent(value: unknown): value is Content {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !Object.hasOwn(value, "__proto__")
  );
}

export const content = z.custom<Content>(isContent);

/** An id as it comes from a homeserver, by all the rules; what is stored was checked so before (`kernel/idSchemas.ts`). */
function received<T extends string>(as: (text: string) => T | undefined): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === "string" && as(value) !== undefined);
}

export const receivedRoomId = received(asRoomId);

const envelope = z.object({
  event_id: received(asEventId),
  sender: received(asUserId),
  type: z.string().min(1).max(255),
  /** An integer that JSON can carry exactly, as canonical JSON demands; before 1970 nothing was sent. */
  origin_server_ts: z.int().nonnegative(),
  content,
  state_key: z.string().optional(),
});

/**
 * A raw event as one of the room's, or undefined where its envelope is not what the specification says (client-server API,
 * `ClientEvent`). Never throws, whatever it is given. The content stays unchecked: who reads it, checks it.
 */
export function readEvent(raw: unknown, room: RoomId): RoomEvent | undefined {
  if (!isContent(raw)) return undefined;
  const { data } = envelope.safeParse(raw);
  if (data === undefined) return undefined;
  const redacts = data.type === "m.room.redaction" ? redactedBy(raw, data.content) : undefined;
  return {
    eventId: data.event_id,
    roomId: room,
    type: data.type,
    sender: data.sender,
    originServerTs: data.origin_server_ts,
    content: data.content,
    ...(data.state_key === undefined ? {} : { stateKey: data.state_key }),
    redacted: isRedacted(raw),
    ...(redacts === undefined ? {} : { redacts }),
    encryption: "none",
  };
}

/** Since room version 11 in the content, before that beside it; some homeservers give both (client-server API, `m.room.redaction`). */
function redactedBy(raw: Content, { redacts: inside }: Content): EventId | undefined {
  const { redacts: beside } = raw;
  return asEventId(typeof inside === "string" ? inside : typeof beside === "string" ? beside : "");
}

function isRedacted({ unsigned }: Content): boolean {
  return (
    isContent(unsigned) &&
    (isContent(unsigned["redacted_because"]) || typeof unsigned["redacted_by"] === "string")
  );
}

/** The membership that a raw membership event replaced, as our own homeserver tells; undefined where there was none. */
export function membershipBefore({ unsigned }: Content): string | undefined {
  const before = isContent(unsigned) ? unsigned["prev_content"] : undefined;
  const membership = isContent(before) ? before["membership"] : undefined;
  return typeof membership === "string" ? membership : undefined;
}

/** Who had invited Usher, from the raw event of its own joining, as our own homeserver tells; undefined where nobody had. */
export function inviterBefore(event: Content): UserId | undefined {
  const sender = isContent(event["unsigned"]) ? event["unsigned"]["prev_sender"] : undefined;
  return membershipBefore(event) === "invite" && typeof sender === "string"
    ? asUserId(sender)
    : undefined;
}

/** Whether an event's content is to be had only by decrypting it. State is never encrypted, and of a redacted event nothing is left. */
export function isEncrypted(event: RoomEvent): boolean {
  return event.type === "m.room.encrypted" && event.stateKey === undefined && !event.redacted;
}

/**
 * The event with what was found inside it. Its relation is the outer one, unencrypted, also where there is none
 * (client-server API, "Forming relationships between events": what an encrypted payload says of it is to be ignored).
 */
export function decrypted(event: RoomEvent, decryption: Decryption): RoomEvent {
  if (decryption.kind === "unreadable")
    return { ...event, encryption: "unreadable", unread: unread(decryption.reason) };
  if (!isContent(decryption.content))
    return { ...event, encryption: "unreadable", unread: "other" };
  const { "m.relates_to": _inner, ...inner } = decryption.content;
  const outer = event.content["m.relates_to"];
  return {
    ...event,
    type: decryption.type,
    content: outer === undefined ? inner : { ...inner, "m.relates_to": outer },
    encryption: "decrypted",
    signedDevice: decryption.signedDevice,
    ...(decryption.device === undefined ? {} : { device: decryption.device }),
  };
}

/** Client-server API, "Reporting that decryption keys are withheld". A code that is not known yet says that the key is kept back, and no more. */
const WITHHELD: Readonly<Record<string, Unread>> = {
  "withheld m.unverified": "unverified",
  "withheld m.blacklisted": "blocked",
  "withheld m.unauthorised": "unauthorised",
  "withheld m.unavailable": "unavailable",
  "withheld m.no_olm": "no-channel",
};

function unread(reason: string): Unread {
  const withheld = Object.hasOwn(WITHHELD, reason) ? WITHHELD[reason] : undefined;
  if (withheld !== undefined) return withheld;
  return reason === "missing-key" || reason === "unknown-index" || reason.startsWith("withheld ")
    ? "missing-key"
    : "other";
}
