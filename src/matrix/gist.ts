import { isContent } from "./events.ts";
import type { Content, RoomEvent } from "./port.ts";

/** The size of an event, in characters of its JSON, up to which it is kept as it is. */
const SMALL = 40_000;
/** One more than anybody reads of a message, so that it still counts as too long. */
const CUT_AT = 32_769;

const SPOKEN = new Set(["m.room.message", "m.reaction", "m.room.redaction", "m.room.encrypted"]);

function isSpoken(type: unknown): boolean {
  return typeof type === "string" && (SPOKEN.has(type) || type.startsWith("m.key.verification."));
}

/** How much memory a raw event takes, roughly: characters of its JSON. */
export function sizeOf(event: Content): number {
  return JSON.stringify(event).length;
}

/** Whether a raw event out of a gap is worth its memory: state, and what is said if it is not too long to be a command. */
export function isWorthKeeping(event: Content): boolean {
  if (typeof event["state_key"] === "string") return true;
  return isSpoken(event["type"]) && sizeOf(event) <= SMALL;
}

/** The event without what nobody reads of a large one. It may wait long to be acted on, and strangers write as much as they like. */
export function gistOf(event: RoomEvent): RoomEvent {
  if (JSON.stringify(event.content).length <= SMALL) return event;
  const { type, stateKey, content } = event;
  if (stateKey !== undefined)
    return type === "m.room.member" ? { ...event, content: only(content, ["membership"]) } : event;
  if (!isSpoken(type)) return { ...event, content: {} };
  const kept = only(content, ["msgtype", "m.mentions", "m.relates_to", "redacts"]);
  const body = content["body"];
  const cut = {
    ...(sizeOf(kept) > SMALL ? only(kept, ["msgtype"]) : kept),
    ...(typeof body === "string" ? { body: start(body) } : {}),
  };
  return { ...event, content: cut };
}

function only(content: Content, names: readonly string[]): Content {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(content, name)).map((name) => [name, content[name]]),
  );
}

/** A copy: a part of a string keeps the whole of it in memory. */
function start(text: string): string {
  return text.length < CUT_AT
    ? text
    : Buffer.from(text.slice(0, CUT_AT), "utf16le").toString("utf16le");
}

/** The raw event without what the homeserver gathers beside it, such as its latest edit. */
export function withoutRelated(event: Content): Content {
  const { unsigned } = event;
  if (!isContent(unsigned) || !Object.hasOwn(unsigned, "m.relations")) return event;
  const { "m.relations": _, ...rest } = unsigned;
  return { ...event, unsigned: rest };
}
