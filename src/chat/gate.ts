import { z } from "zod";
import { asEventId, asUserId, type EventId, type UserId } from "../kernel/ids.ts";
import type { RoomEvent } from "../matrix/port.ts";

/** Something a person wrote, as far as Usher may act on it. */
export interface Spoken {
  readonly kind: "message";
  readonly body: string;
  /** HTML, present only in the one format the specification knows. */
  readonly formattedBody?: string;
  /** Who is mentioned on purpose (`m.mentions`). */
  readonly mentions: ReadonlySet<UserId>;
  /** The event it answers; not the fallback that threads carry for old clients. */
  readonly replyTo?: EventId;
  /** The root of the thread it belongs to. */
  readonly thread?: EventId;
}

/** A reaction to an event. */
export interface Reacted {
  readonly kind: "reaction";
  readonly target: EventId;
  readonly key: string;
}

export type Heard = Spoken | Reacted;

/** Why an event is not for Usher to act on. */
export type Ignored = "own" | "redacted" | "unreadable" | "state" | "type" | "msgtype" | "edit" | "malformed" | "too-long";

/** UTF-16 units. Nobody types a longer command; anything longer is a text that was pasted. */
export const MAX_BODY = 32_768;
const MAX_HTML = 65_536;
const MAX_MENTIONS = 200;
const MAX_KEY = 100;

const text = z.object({ body: z.string(), msgtype: z.string() });
const html = z.object({ format: z.literal("org.matrix.custom.html"), formatted_body: z.string().max(MAX_HTML) });
const mentioning = z.object({ "m.mentions": z.object({ user_ids: z.array(z.unknown()) }) });
const relating = z.object({ "m.relates_to": z.looseObject({}) });
const reply = z.object({ "m.in_reply_to": z.object({ event_id: z.string() }) });
const thread = z.object({ rel_type: z.literal("m.thread"), event_id: z.string() });
const annotation = z.object({
  "m.relates_to": z.object({ rel_type: z.literal("m.annotation"), event_id: z.string(), key: z.string().min(1).max(MAX_KEY) }),
});

/**
 * Whether an event is Usher's to act on, and what it says. Only `m.room.message` of type `m.text`, and `m.reaction`, are. Never `m.notice`
 * (the specification keeps bots from answering one another with it), `m.emote`, edits, Usher's own events, redacted ones, or state events.
 * Content of any shape is taken; what is odd in it is left out, or makes the event none of ours.
 */
export function actionable(event: RoomEvent, me: UserId): { readonly heard: Heard } | { readonly ignored: Ignored } {
  if (event.sender === me) return { ignored: "own" };
  if (event.stateKey !== undefined) return { ignored: "state" };
  if (event.redacted) return { ignored: "redacted" };
  if (event.encryption === "unreadable") return { ignored: "unreadable" };
  if (event.type === "m.reaction") return reactionIn(event.content);
  if (event.type !== "m.room.message") return { ignored: "type" };
  return messageIn(event.content);
}

function messageIn(content: unknown): { readonly heard: Spoken } | { readonly ignored: Ignored } {
  const said = text.safeParse(content);
  if (!said.success) return { ignored: "malformed" };
  if (said.data.msgtype !== "m.text") return { ignored: "msgtype" };
  const relation = relating.safeParse(content).data?.["m.relates_to"] ?? {};
  if (relation["rel_type"] === "m.replace") return { ignored: "edit" };
  if (said.data.body.length > MAX_BODY) return { ignored: "too-long" };

  const formattedBody = html.safeParse(content).data?.formatted_body;
  const inThread = thread.safeParse(relation).data;
  const root = inThread === undefined ? undefined : asEventId(inThread.event_id);
  const fallback = root !== undefined && relation["is_falling_back"] === true;
  const answered = fallback ? undefined : reply.safeParse(relation).data?.["m.in_reply_to"].event_id;
  const replyTo = answered === undefined ? undefined : asEventId(answered);
  return {
    heard: {
      kind: "message",
      body: said.data.body,
      ...(formattedBody === undefined ? {} : { formattedBody }),
      mentions: mentionsIn(content),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(root === undefined ? {} : { thread: root }),
    },
  };
}

function mentionsIn(content: unknown): ReadonlySet<UserId> {
  const listed = mentioning.safeParse(content).data?.["m.mentions"].user_ids ?? [];
  const mentions = new Set<UserId>();
  for (const one of listed.slice(0, MAX_MENTIONS)) {
    const user = typeof one === "string" ? asUserId(one) : undefined;
    if (user !== undefined) mentions.add(user);
  }
  return mentions;
}

function reactionIn(content: unknown): { readonly heard: Reacted } | { readonly ignored: Ignored } {
  const relation = annotation.safeParse(content).data?.["m.relates_to"];
  const target = relation === undefined ? undefined : asEventId(relation.event_id);
  if (relation === undefined || target === undefined) return { ignored: "malformed" };
  return { heard: { kind: "reaction", target, key: relation.key } };
}
