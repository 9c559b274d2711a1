import type { Content } from "../../src/matrix/port.ts";

/** An event as a homeserver writes it. A type and not an interface, so that it can stand where any JSON can. */
export type RawEvent = {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Content;
  readonly state_key?: string;
  readonly unsigned?: Content;
};

/** A state event as it is shown beforehand to somebody who is invited. */
export type StrippedEvent = Pick<RawEvent, "type" | "sender" | "content"> & {
  readonly state_key: string;
  readonly event_id?: string;
};

let made = 0;

/** An event with an id of its own, a second younger than the one made before it. */
export function rawEvent(
  type: string,
  sender: string,
  content: Content,
  more: Partial<RawEvent> = {},
): RawEvent {
  made += 1;
  return {
    event_id: `$e${String(made)}`,
    type,
    sender,
    origin_server_ts: Date.UTC(2026, 0, 1) + made * 1000,
    content,
    ...more,
  };
}

export function message(sender: string, body: string, more: Content = {}): RawEvent {
  return rawEvent("m.room.message", sender, { msgtype: "m.text", body, ...more });
}

export function stateEvent(
  type: string,
  sender: string,
  content: Content,
  stateKey = "",
  more: Partial<RawEvent> = {},
): RawEvent {
  return rawEvent(type, sender, content, { state_key: stateKey, ...more });
}

interface Membership {
  /** Who made it so; the person itself unless given. */
  readonly by?: string;
  /** What the homeserver says that the membership was. */
  readonly before?: string;
  readonly displayname?: string;
}

export function member(
  user: string,
  membership: string,
  { by = user, before, ...content }: Membership = {},
): RawEvent {
  const unsigned =
    before === undefined ? {} : { unsigned: { prev_content: { membership: before } } };
  return rawEvent(
    "m.room.member",
    by,
    { membership, ...content },
    { state_key: user, ...unsigned },
  );
}

/** What an invited person is shown: the room's join rules and the invitation itself. */
export function invitation(
  user: string,
  by: string,
  more: readonly StrippedEvent[] = [],
  content: Content = {},
): StrippedEvent[] {
  return [
    { type: "m.room.join_rules", state_key: "", sender: by, content: { join_rule: "invite" } },
    ...more,
    { ...rawEvent("m.room.member", by, { membership: "invite", ...content }), state_key: user },
  ];
}
