import { path, type ClientApi, type Content } from "../harness/clientApi.ts";
import type { Person } from "../harness/person.ts";

/** How long a person's client may take to hear and read what the homeserver has; ms. */
const READ_MS = 60_000;

export interface TimelineEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Content;
  readonly state_key?: string;
}

/** Everything that ever happened in a room, oldest first, as the homeserver has it. */
export async function timeline(api: ClientApi, room: string): Promise<readonly TimelineEvent[]> {
  const newestFirst: TimelineEvent[] = [];
  let from: string | undefined;
  do {
    const query = new URLSearchParams({
      dir: "b",
      limit: "500",
      ...(from === undefined ? {} : { from }),
    });
    const page = await api.call<{ chunk: TimelineEvent[]; end?: string }>(
      "GET",
      `${path`/rooms/${room}/messages`}?${query.toString()}`,
    );
    newestFirst.push(...page.chunk);
    from = page.chunk.length === 0 ? undefined : page.end;
  } while (from !== undefined);
  return newestFirst.reverse();
}

/** The same events, with what is encrypted as this person's client reads it. What it cannot read stays as it is. */
export async function readBy(
  person: Person,
  events: readonly TimelineEvent[],
): Promise<readonly TimelineEvent[]> {
  return Promise.all(
    events.map(async (event) => {
      if (event.type !== "m.room.encrypted") return event;
      try {
        const fits = (seen: { eventId: string; encryption: string }): boolean =>
          seen.eventId === event.event_id && seen.encryption === "decrypted";
        const { type, content } = await person.waitFor(fits, { stillMs: READ_MS });
        return { ...event, type, content };
      } catch {
        return event;
      }
    }),
  );
}
