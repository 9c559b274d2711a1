import { z } from "zod";
import { asEventId, asUserId, type EventId, type UserId } from "../kernel/ids.ts";
import type { Content, RoomEvent } from "../matrix/port.ts";
import { invokedLine } from "./invocation.ts";
import { lineOf, type Line } from "./line.ts";

/** Something a person wrote, as far as Usher may act on it. */
export interface Spoken {
  readonly kind: "message";
  /** As `lineOf` makes it, or `invokedLine`. */
  readonly line: string;
  /** Who is mentioned on purpose (`m.mentions`). */
  readonly mentions: ReadonlySet<UserId>;
  /** The event it answers; not the fallback that threads carry for old clients. */
  readonly replyTo?: EventId;
  /** The root of the thread it belongs to. */
  readonly thread?: EventId;
  /** It quotes somebody else, as replies of old clients do that name no event. */
  readonly toOther?: true;
  /** Nobody types so much: no more than its beginning was looked at. */
  readonly tooLong?: true;
}

/** Somebody changed a message that they had sent. */
export interface Edited {
  readonly kind: "edit";
  readonly target: EventId;
  /** What the message says now; "" where that cannot be read. */
  readonly line: string;
  readonly mentions: ReadonlySet<UserId>;
}

/** Somebody took a message or a reaction away. */
export interface Redacted {
  readonly kind: "redaction";
  readonly target: EventId;
}

/** A reaction to an event. */
export interface Reacted {
  readonly kind: "reaction";
  readonly target: EventId;
  readonly key: string;
}

export type Heard = Spoken | Reacted | Edited | Redacted;

/** Why an event is not for Usher to act on. */
export type Ignored =
  "own" | "redacted" | "unreadable" | "state" | "type" | "msgtype" | "malformed";

/** UTF-16 units. Nobody types a longer command; anything longer is a text that was pasted. */
export const MAX_BODY = 32_768;
const MAX_HTML = 65_536;
const MAX_MENTIONS = 200;
const MAX_KEY = 100;

const text = z.object({ body: z.string(), msgtype: z.string() });
const html = z.object({
  format: z.literal("org.matrix.custom.html"),
  formatted_body: z.string().max(MAX_HTML),
});
const mentioning = z.object({ "m.mentions": z.object({ user_ids: z.array(z.unknown()) }) });
const relating = z.object({ "m.relates_to": z.looseObject({}) });
const replacing = z.object({ rel_type: z.literal("m.replace"), event_id: z.string() });
const replaced = z.object({ "m.new_content": z.looseObject({}) });
const reply = z.object({ "m.in_reply_to": z.object({ event_id: z.string() }) });
const thread = z.object({ rel_type: z.literal("m.thread"), event_id: z.string() });
const annotation = z.object({
  "m.relates_to": z.object({
    rel_type: z.literal("m.annotation"),
    event_id: z.string(),
    key: z.string().min(1).max(MAX_KEY),
  }),
});

/**
 * Whether an event is Usher's to act on, and what it says. Only `m.room.message` of type `m.text`, `m.reaction`, and what takes them back or changes
 * them, are. Never `m.notice` (the specification keeps bots from answering one another with it), `m.emote`, Usher's own events, redacted ones, or
 * state events. Content of any shape is taken; what is odd in it is left out, or makes the event none of ours.
 */
export function actionable(
  event: RoomEvent,
  me: UserId,
): { readonly heard: Heard } | { readonly ignored: Ignored } {
  if (event.sender === me) return { ignored: "own" };
  if (event.stateKey !== undefined) return { ignored: "state" };
  if (event.type === "m.room.redaction") return redactionIn(event);
  if (event.redacted) return { ignored: "redacted" };
  const relation = relating.safeParse(event.content).data?.["m.relates_to"] ?? {};
  // What an encrypted edit replaces is told unencrypted.
  if (event.encryption === "unreadable") return editIn({}, relation) ?? { ignored: "unreadable" };
  if (event.type === "m.reaction") return reactionIn(event.content);
  if (event.type !== "m.room.message") return { ignored: "type" };
  return editIn(event.content, relation) ?? messageIn(event.content, relation, me);
}

function messageIn(
  content: Content,
  relation: Content,
  me: UserId,
): { readonly heard: Spoken } | { readonly ignored: Ignored } {
  const said = text.safeParse(content);
  if (!said.success) return { ignored: "malformed" };
  if (said.data.msgtype !== "m.text") return { ignored: "msgtype" };
  const mentions = mentionsIn(content);
  const invoked = invokedLine(content, { me, mentions });
  const typed = lineIn(content, said.data.body);
  const { line, quotes, tooLong } =
    invoked === undefined ? typed : { line: invoked, quotes: undefined, tooLong: false };
  const inThread = thread.safeParse(relation).data;
  const root = inThread === undefined ? undefined : asEventId(inThread.event_id);
  const fallback = root !== undefined && relation["is_falling_back"] === true;
  const answered = fallback
    ? undefined
    : reply.safeParse(relation).data?.["m.in_reply_to"].event_id;
  const replyTo = answered === undefined ? undefined : asEventId(answered);
  return {
    heard: {
      kind: "message",
      line,
      mentions,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(root === undefined ? {} : { thread: root }),
      ...(replyTo === undefined && quotes !== undefined && quotes !== me ? { toOther: true } : {}),
      ...(tooLong ? { tooLong } : {}),
    },
  };
}

function lineIn(content: unknown, body: string): Line & { readonly tooLong: boolean } {
  if (body.length > MAX_BODY) return { ...lineOf(body.slice(0, MAX_BODY)), tooLong: true };
  return { ...lineOf(body, html.safeParse(content).data?.formatted_body), tooLong: false };
}

function editIn(
  content: Content,
  relation: Content,
): { readonly heard: Edited } | { readonly ignored: Ignored } | undefined {
  if (relation["rel_type"] !== "m.replace") return undefined;
  const target = asEventId(replacing.safeParse(relation).data?.event_id ?? "");
  if (target === undefined) return { ignored: "malformed" };
  const now = replaced.safeParse(content).data?.["m.new_content"] ?? {};
  const said = text.safeParse(now).data;
  const line = said?.msgtype === "m.text" ? lineIn(now, said.body).line : "";
  return { heard: { kind: "edit", target, line, mentions: mentionsIn(now) } };
}

function redactionIn({
  redacts,
}: RoomEvent): { readonly heard: Redacted } | { readonly ignored: Ignored } {
  return redacts === undefined
    ? { ignored: "malformed" }
    : { heard: { kind: "redaction", target: redacts } };
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
