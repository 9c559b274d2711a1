import { generateMessages } from "../harness/generateMessages.ts";
import { random } from "../harness/random.ts";

interface StreamOptions {
  readonly messages: number;
  readonly seed: number;
  readonly me: string;
  readonly rooms: readonly string[];
  readonly progress: (sent: number) => void;
}

/** One answer to `/sync`, and the messages in it that Usher must answer. */
export interface Batch {
  readonly join: Readonly<
    Record<string, { readonly timeline: { readonly events: readonly object[] } }>
  >;
  readonly owed: readonly { readonly event: string; readonly what: string }[];
}

/** What may be wrong with an event around its content; the message in it is then no message. */
const BROKEN: readonly object[] = [
  { event_id: 7 },
  { event_id: "no-id" },
  { sender: "nobody" },
  { sender: null },
  { type: "" },
  { type: ["m.room.message"] },
  { origin_server_ts: "yesterday" },
  { origin_server_ts: -1 },
  { content: null },
  { content: [] },
  { content: "!usher help" },
  { state_key: "" },
  { unsigned: { redacted_because: { type: "m.room.redaction" } } },
];

/**
 * Batches of one to sixty generated messages in many rooms. A few events are broken, and a few come twice, as homeservers may send them.
 * Each message is of a sender of its own, so that no bare "yes" among them is the answer to the preview of another.
 */
export function* messageStream({
  messages,
  seed,
  me,
  rooms,
  progress,
}: StreamOptions): Generator<Batch, void> {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const server = me.slice(me.indexOf(":"));
  const events = ["$one", `$two${server}`] as const;
  const generated = generateMessages(seed, {
    me,
    displayName: "Usher",
    prefixes: ["!usher", "!im"],
    other: `@usher-two${server}`,
    events,
  });
  let repeated: { readonly room: string; readonly event: object } | undefined;
  for (let sent = 0; sent < messages;) {
    const join: Record<string, { timeline: { events: object[] } }> = {};
    const owed: { event: string; what: string }[] = [];
    const put = (room: string, event: object): void => {
      (join[room] ??= { timeline: { events: [] } }).timeline.events.push(event);
    };
    if (repeated !== undefined) put(repeated.room, repeated.event);
    repeated = undefined;
    for (let left = Math.min(1 + Math.floor(next() * 60), messages - sent); left > 0; left -= 1) {
      sent += 1;
      const { type, content, addressed, what } = generated.next().value;
      const name = `$f${String(seed)}-${String(sent)}`;
      const whole = {
        event_id: name,
        type,
        sender: `@p${String(sent)}${server}`,
        origin_server_ts: Date.now(),
        content,
      };
      const broken = next() < 0.03 ? pick(BROKEN) : undefined;
      const room = pick(rooms);
      const event = { ...whole, ...broken };
      put(room, event);
      if (addressed && broken === undefined)
        owed.push({ event: name, what: `${what}: ${JSON.stringify(content).slice(0, 300)}` });
      if (next() < 0.02) repeated = { room, event };
    }
    progress(sent);
    yield { join, owed };
  }
}
