import type { Content } from "../test/harness/clientApi.ts";
import type { SeenEvent } from "../test/harness/observed.ts";

/** A piece of the transcript. `who` is set where somebody says something; what is `quiet` is shown dimmed. */
export interface Shown {
  readonly who?: string;
  readonly text: string;
  readonly quiet: boolean;
}

interface Names {
  person(userId: string): string;
  /** An earlier event, to say what was reacted to, edited or removed. */
  event(eventId: string): SeenEvent | undefined;
}

const MAX_JSON = 400;
const MAX_QUOTE = 40;

/** What a client would show of an event, or of a change of the room's state; undefined for what no client shows. */
export function show(event: SeenEvent, names: Names): Shown | undefined {
  if (event.type === "m.typing") return undefined;
  const who = names.person(event.sender);
  if (event.stateKey !== undefined)
    return event.type === "m.room.member" ? membership(event, who, names) : stateChange(event, who);
  const relation = (event.content["m.relates_to"] ?? {}) as {
    rel_type?: string;
    event_id?: string;
    key?: string;
  };
  const target = names.event(relation.event_id ?? "");
  switch (event.type) {
    case "m.room.message":
      return relation.rel_type === "m.replace"
        ? { who: `${who} (edited)`, text: bodyOf(event.content["m.new_content"]), quiet: false }
        : { who, text: bodyOf(event.content), quiet: false };
    case "m.sticker":
      return { who, text: `[sticker: ${bodyOf(event.content)}]`, quiet: false };
    case "m.reaction":
      return {
        text: `${who} reacted ${clean(relation.key ?? "")}${target === undefined ? "" : ` to ${quoted(target)}`}`,
        quiet: false,
      };
    case "m.room.redaction": {
      const removed = names.event(textOf(event.content, "redacts"));
      return {
        text: `${who} removed ${removed?.type === "m.reaction" ? "a reaction" : "a message"}`,
        quiet: false,
      };
    }
    case "m.room.encrypted":
      return { who, text: "(a message that this client cannot decrypt)", quiet: true };
    default:
      return { text: `${who} sent ${event.type} ${json(event.content)}`, quiet: true };
  }
}

function membership(event: SeenEvent, who: string, names: Names): Shown | undefined {
  const whom = names.person(event.stateKey ?? "");
  const self = event.sender === event.stateKey;
  const reason = textOf(event.content, "reason");
  const because = reason === "" ? "" : ` (${reason})`;
  switch (event.content["membership"]) {
    case "join":
      return { text: `${whom} joined`, quiet: false };
    case "invite":
      return { text: `${who} invited ${whom}`, quiet: false };
    case "leave":
      return {
        text: self ? `${whom} left${because}` : `${who} removed ${whom}${because}`,
        quiet: false,
      };
    case "ban":
      return { text: `${who} banned ${whom}${because}`, quiet: false };
    default:
      return undefined;
  }
}

function stateChange(event: SeenEvent, who: string): Shown {
  const key = event.stateKey === "" ? "" : ` [${clean(event.stateKey ?? "")}]`;
  return { text: `state: ${event.type}${key} by ${who}: ${change(event)}`, quiet: true };
}

/** What is new about a state event: all of it, or what differs from what stood there before. */
function change({ content, previous = {} }: SeenEvent): string {
  if (Object.keys(content).length === 0) return "removed";
  if (Object.keys(previous).length === 0) return json(content);
  const [before, now] = [leaves(previous), leaves(content)];
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter(
    (path) => before.get(path) !== now.get(path),
  );
  const lines = changed.map(
    (path) => `${path} ${before.get(path) ?? "nothing"} → ${now.get(path) ?? "nothing"}`,
  );
  return lines.length === 0 ? "as before" : cut(clean(lines.join(", ")));
}

/** Every value in an object by the path to it, such as `users.@you:home.test`. */
function leaves(content: Content, path = ""): Map<string, string> {
  return new Map(
    Object.entries(content).flatMap(([key, value]) =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? [...leaves(value as Content, `${path}${key}.`)]
        : [[`${path}${key}`, JSON.stringify(value)] as const],
    ),
  );
}

function quoted(event: SeenEvent): string {
  const first = bodyOf(event.content).split("\n")[0] ?? "";
  return first.length > MAX_QUOTE ? `“${first.slice(0, MAX_QUOTE).trimEnd()}…”` : `“${first}”`;
}

function bodyOf(content: unknown): string {
  return textOf((content ?? {}) as Content, "body");
}

function textOf(content: Content, key: string): string {
  const text = content[key];
  return typeof text === "string" ? clean(text) : "";
}

function json(content: Content): string {
  return cut(clean(JSON.stringify(content)));
}

function cut(text: string): string {
  return text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)}…` : text;
}

/** Without the control characters that could steer the terminal. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to replace control characters
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;
  return text.replaceAll(steering, "\ufffd");
}
