import { createHash, randomBytes } from "node:crypto";
import { isIPv6 } from "node:net";

/**
 * Matrix identifiers as types of their own, so that a room id cannot be passed where a person is meant.
 * The parsers below are the only way in. Source: Matrix specification, appendices, "Identifier Grammar".
 */
export type UserId = string & { readonly __user: never };
export type RoomId = string & { readonly __room: never };
export type EventId = string & { readonly __event: never };
export type RoomAlias = string & { readonly __alias: never };
export type DeviceId = string & { readonly __device: never };
/** The address of a file in a media repository. */
export type MxcUri = string & { readonly __mxc: never };

const MAX_BYTES = 255;
const SERVER = /^(?:\[(?<v6>[0-9A-Fa-f:.]{2,45})\]|[A-Za-z0-9.-]{1,255})(?::(?<port>[0-9]{1,5}))?$/;
const MAX_PORT = 65_535;

function fits(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the point is to refuse control characters
  return Buffer.byteLength(text) <= MAX_BYTES && !/[\u0000-\u0020\u007f]/u.test(text);
}

/**
 * As strict as the encryption library, which refuses whole lists of people for one of them: an address must be one, and a port no more than there are.
 */
function isServer(text: string): boolean {
  const found = SERVER.exec(text);
  if (found === null) return false;
  const { v6, port } = found.groups ?? {};
  return (v6 === undefined || isIPv6(v6)) && (port === undefined || Number(port) <= MAX_PORT);
}

/** `@localpart:server`. Historical localparts may hold almost anything, so only what breaks routing is refused. */
export function asUserId(text: string): UserId | undefined {
  const colon = text.indexOf(":");
  return text.startsWith("@") && colon > 0 && fits(text) && isServer(text.slice(colon + 1))
    ? (text as UserId)
    : undefined;
}

/** `!opaque:server`, or since room version 12 `!opaque` alone (MSC4291). */
export function asRoomId(text: string): RoomId | undefined {
  if (!text.startsWith("!") || text.length < 2 || !fits(text)) return undefined;
  const colon = text.indexOf(":");
  if (colon === -1) return /^![A-Za-z0-9_-]{43}$/.test(text) ? (text as RoomId) : undefined;
  return colon > 1 && isServer(text.slice(colon + 1)) ? (text as RoomId) : undefined;
}

export function asEventId(text: string): EventId | undefined {
  return text.startsWith("$") && text.length > 1 && fits(text) ? (text as EventId) : undefined;
}

export function asRoomAlias(text: string): RoomAlias | undefined {
  const colon = text.indexOf(":");
  return text.startsWith("#") && colon > 1 && fits(text) && isServer(text.slice(colon + 1))
    ? (text as RoomAlias)
    : undefined;
}

/** `mxc://server/id` (client-server API, "Matrix Content (`mxc://`) URIs"). */
export function asMxcUri(text: string): MxcUri | undefined {
  const [, server = "", id] = /^mxc:\/\/([^/]+)\/([A-Za-z0-9_-]{1,255})$/.exec(text) ?? [];
  return id !== undefined && isServer(server) ? (text as MxcUri) : undefined;
}

/** The server part of a person's id. */
export function serverOf(user: UserId): string {
  return user.slice(user.indexOf(":") + 1);
}

/** A short reference that a person can read out, shown with an unexpected failure and written in the log beside it. */
export function newReference(): string {
  return randomBytes(4).toString("hex");
}

/** A stable short name for a list of parts: the same parts always give the same name. 22 characters, URL-safe. */
export function digest(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${String(Buffer.byteLength(part))}:${part}`);
  return hash.digest("base64url").slice(0, 22);
}
