import { z } from "zod";
import { asEventId, type UserId } from "../kernel/ids.ts";
import { quote } from "./tokenize.ts";

/** Until MSC4391 is accepted, and after that. */
const KEYS = ["org.matrix.msc4391.command", "m.bot.command"];
const MAX_LENGTH = 32_768;

// eslint-disable-next-line no-control-regex -- the point is to refuse control characters
const line = z.string().regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/u);
const room = z.object({ id: line.optional(), room_id: line.optional() });
const event = room.extend({ event_id: line });
const value = z.union([line, z.int(), z.boolean(), event, room]);
const invocation = z.object({
  command: z.string().regex(/^[a-z0-9]+(?:[ -][a-z0-9]+)*$/i),
  arguments: z.record(z.string().regex(/^[a-z][\w-]{0,39}$/i), value).default({}),
});

/**
 * What a client sends that has built a command itself, from what Usher describes (MSC4391): the same command as somebody would type it. Undefined where there is none,
 * or none that anybody could have built; then what the message says counts, as ever.
 */
export function invokedLine(
  content: Readonly<Record<string, unknown>>,
  { me, mentions }: { readonly me: UserId; readonly mentions: ReadonlySet<UserId> },
): string | undefined {
  // Other bots may have a command of that name.
  if (!mentions.has(me)) return undefined;
  const found = KEYS.map((key) => invocation.safeParse(content[key])).find(
    ({ success }) => success,
  );
  if (found?.data === undefined) return undefined;
  const words = Object.entries(found.data.arguments).flatMap(([key, given]) => typed(key, given));
  const whole = [me, found.data.command, ...words].join(" ");
  return whole.length <= MAX_LENGTH ? whole : undefined;
}

function typed(key: string, given: z.infer<typeof value>): readonly string[] {
  if (typeof given === "boolean") return given ? [`--${key.toLowerCase()}`] : [];
  if (typeof given === "number") return [`${key}=${String(given)}`];
  if (typeof given === "string") return [`${key}=${quote(given)}`];
  const id = "event_id" in given ? (asEventId(given.event_id) ?? "") : (given.id ?? given.room_id);
  return [`${key}=${quote(id ?? "")}`];
}
