import { DAY_MS } from "../kernel/days.ts";
import { RecentMap } from "../kernel/recent.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RoomEvent, Unread } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import type { Speaker } from "./speaker.ts";

/** How long a key may take to come before anything is said about it; ms. */
const PATIENCE_MS = 30_000;
/** Said once in a room in this time; ms. */
const HINT_EVERY_MS = DAY_MS;
const REMEMBERED = 1_000;

/** What is said of an event that cannot be read: whose doing it is, and what to do. */
const SAID: Readonly<Record<Unread, string>> = {
  "missing-key": "unread/missing-key",
  unverified: "unread/unverified",
  blocked: "unread/blocked",
  unauthorised: "unread/unauthorised",
  unavailable: "unread/unavailable",
  "no-channel": "unread/no-channel",
  other: "unread/other",
};

interface UnreadEvent {
  readonly room: RoomId;
  readonly event: EventId;
  readonly sender: UserId;
  readonly why: RoomEvent["unread"];
  /** When it was heard; ms since the epoch. */
  readonly at: number;
}

/** Events that Usher could not read. Most become readable within seconds, when their key comes; of the others people are told. */
export class UnreadEvents {
  readonly #events = new RecentMap<EventId, UnreadEvent>(REMEMBERED);

  note(unread: UnreadEvent): void {
    this.#events.set(unread.event, unread);
  }

  /** The event can be read after all. */
  readable(event: EventId): void {
    this.#events.delete(event);
  }

  /** Takes out those whose key has had its time: the latest of each room. */
  overdue(now: number): readonly UnreadEvent[] {
    const due = [...this.#events.values()].filter(({ at }) => now - at >= PATIENCE_MS);
    for (const { event } of due) this.#events.delete(event);
    return [...new Map(due.map((one) => [one.room, one])).values()];
  }
}

interface HintDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly speaker: Pick<Speaker, "say">;
  readonly prefixes: readonly string[];
}

/** Says, once in a room and day, that something could not be read, whose key is missing, and what to do. In the room's turn. */
export async function hintAt(
  { room, event, sender, why }: UnreadEvent,
  { documents, clock, speaker, prefixes }: HintDeps,
): Promise<void> {
  const now = clock.now();
  const document = await documents.get(roomDocument, room);
  if (document?.hintedAt !== undefined && now - document.hintedAt < HINT_EVERY_MS) return;
  const place = { room, event, thread: undefined, calledAs: prefixes[0] ?? "" };
  await speaker.say(
    place,
    { template: "unreadable-hint", view: { sender, why: SAID[why ?? "other"] } },
    "unreadable",
  );
  await documents.update(roomDocument, room, (current) => ({ ...current, hintedAt: now }));
}
