import { DAY_MS } from "../../kernel/days.ts";
import { z } from "zod";
import type { RoomId } from "../../kernel/ids.ts";
import type { Content } from "../port.ts";

const MOST = 500;
const LONGEST_MS = DAY_MS;

export interface LateEvent {
  readonly room: RoomId;
  readonly eventId: string;
  /** When it was put here; ms since the epoch. */
  readonly at: number;
  /** The whole raw event; undefined after a restart, until it was fetched again. */
  readonly event: Content | undefined;
}

const stored = z.array(
  z.object({
    room: z.string().startsWith("!"),
    eventId: z.string().startsWith("$"),
    at: z.number(),
  }),
);
const withSession = z.looseObject({ content: z.looseObject({ session_id: z.string() }) });

/** Events whose key may still come, or has come and whose handling is not over: at most 500, none for longer than a day. The oldest make room. */
export class LateEvents {
  readonly #events = new Map<string, LateEvent>();
  /** Those that were told as readable. */
  readonly #told = new Set<string>();

  /** How many wait for a key. */
  get size(): number {
    return this.all.length;
  }

  /** Those that wait, in the order in which they came. */
  get all(): readonly LateEvent[] {
    return [...this.#events.values()].filter(({ eventId }) => !this.#told.has(eventId));
  }

  add(late: LateEvent): void {
    this.prune(late.at);
    const before = this.#events.get(late.eventId);
    this.#told.delete(late.eventId);
    this.#events.set(late.eventId, before === undefined ? late : { ...late, at: before.at });
    if (this.#events.size > MOST)
      for (const oldest of this.#events.keys()) return void this.remove(oldest);
  }

  /** It is about to be told, and waits no longer. Whether it did. */
  tell(eventId: string): boolean {
    if (!this.#events.has(eventId) || this.#told.has(eventId)) return false;
    this.#told.add(eventId);
    return true;
  }

  /** Whether it was there. */
  remove(eventId: string): boolean {
    this.#told.delete(eventId);
    return this.#events.delete(eventId);
  }

  prune(now: number): void {
    for (const [id, { at }] of this.#events) if (now - at > LONGEST_MS) this.remove(id);
  }

  /** Those that one of these sessions may make readable, in the order in which they came. */
  of(
    sessions: readonly { readonly room: RoomId; readonly session: string }[],
  ): readonly LateEvent[] {
    const wanted = new Set(sessions.map(({ room, session }) => `${room}|${session}`));
    return this.all.filter(({ room, event }) => {
      const session = withSession.safeParse(event).data?.content.session_id;
      return session !== undefined && wanted.has(`${room}|${session}`);
    });
  }

  /** What is kept on disk: where to find them again, and nothing of who wrote what. */
  toJson(): string {
    return JSON.stringify(
      [...this.#events.values()].map(({ room, eventId, at }) => ({ room, eventId, at })),
    );
  }

  /** Takes back what `toJson` gave; anything else leaves it empty. */
  load(json: string, now: number): void {
    for (const { room, eventId, at } of parse(json))
      this.#events.set(eventId, { room: room as RoomId, eventId, at, event: undefined });
    this.prune(now);
  }
}

function parse(json: string): z.infer<typeof stored> {
  try {
    return stored.safeParse(JSON.parse(json)).data ?? [];
  } catch {
    // Only a hint is lost: those events stay unread.
    return [];
  }
}
