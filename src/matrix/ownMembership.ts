import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import { isContent, membershipBefore } from "./events.ts";
import type { Departure, Invite } from "./intake.ts";
import type { Content } from "./port.ts";

function isMembershipOf(event: Content, me: UserId): boolean {
  return event["type"] === "m.room.member" && event["state_key"] === me;
}

function membership(event: Content): unknown {
  return isContent(event["content"]) ? event["content"]["membership"] : undefined;
}

/** Whether a raw event is Usher's own coming into the room: not a change of its name, which is a membership event too. */
export function isOwnJoin(event: Content, me: UserId): boolean {
  return (
    isMembershipOf(event, me) && membership(event) === "join" && membershipBefore(event) !== "join"
  );
}

/** The events from the latest of Usher's own joins on, it included; all of them where there is none. */
export function sinceOwnJoin(
  events: readonly Content[],
  me: UserId,
): { readonly events: readonly Content[]; readonly joined: boolean } {
  const index = events.findLastIndex((event) => isOwnJoin(event, me));
  return index === -1 ? { events, joined: false } : { events: events.slice(index), joined: true };
}

/**
 * An invitation from the stripped state that came with it, with a name that another invitation to the same room does not share.
 * Undefined where that state does not say who invites Usher: there is nobody to judge it by.
 */
export function readInvite(
  room: RoomId,
  state: readonly Content[],
  me: UserId,
): { readonly invite: Invite; readonly name: string } | undefined {
  const own = state.findLast(
    (event) => isMembershipOf(event, me) && membership(event) === "invite",
  );
  const sender = typeof own?.["sender"] === "string" ? asUserId(own["sender"]) : undefined;
  if (own === undefined || sender === undefined || sender === me) return undefined;
  const hints = new Map<string, Content>();
  for (const { type, state_key: key, content } of state) {
    if (typeof type === "string" && key === "" && isContent(content)) hints.set(type, content);
  }
  const name = typeof own["event_id"] === "string" ? own["event_id"] : sender;
  const direct = isContent(own["content"]) && own["content"]["is_direct"] === true;
  return { invite: { roomId: room, sender, hints, direct }, name };
}

/**
 * How Usher came out of a room, from the room's raw events in the order of the answer. Undefined where it had only been invited:
 * an invitation that was refused or taken back is no departure.
 */
export function readDeparture(
  room: RoomId,
  events: readonly Content[],
  me: UserId,
  wasInvited: boolean,
): Departure | undefined {
  const own = events.filter((event) => isMembershipOf(event, me));
  const last = own.at(-1);
  // The section it stands in says that Usher is out; where the rest is missing, nobody is blamed for it.
  if (last === undefined) return wasInvited ? undefined : { roomId: room, by: me, how: "left" };
  const wasIn = own.some(
    (event) => membership(event) === "join" || membershipBefore(event) === "join",
  );
  if (!wasIn && (wasInvited || membershipBefore(last) !== undefined)) return undefined;
  const by = (typeof last["sender"] === "string" ? asUserId(last["sender"]) : undefined) ?? me;
  if (membership(last) === "ban") return { roomId: room, by, how: "banned" };
  return { roomId: room, by, how: by === me ? "left" : "kicked" };
}
