import type { Clock } from "../../../kernel/clock.ts";
import { DAY_MS } from "../../../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { Batch, RoomBatch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import type { Documents } from "../../../store/documents.ts";
import { collectingDocument, type Collection } from "./document.ts";

interface CollectionsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
}

/** Pictures that are taken of one collection at most. */
export const MOST_COLLECTED = 200;

/**
 * What people send for a pack from `stickers add` to `stickers done`. A message is noted when it is read, so that a "done" right behind it finds it, and stored before its batch has settled:
 * after a crash it is read again.
 */
export class Collections {
  readonly #deps: CollectionsDeps;
  /** By room and person: what is being collected, as it is stored, and what has been read since. */
  readonly #going = new Map<string, { readonly person: UserId; collection: Collection }>();
  /** By room and person: pictures right behind what may be a `stickers add`, which is acted on later than they are read. */
  readonly #early = new Map<string, { readonly cause: EventId; events: readonly EventId[] }>();

  constructor(deps: CollectionsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for await (const { id, document } of this.#deps.documents.scan(collectingDocument))
      for (const collection of document.collections) {
        const person = id as UserId;
        const key = keyOf(collection.room, person);
        if (!this.#going.has(key)) this.#going.set(key, { person, collection });
      }
  }

  /** A new one in place of what this person was sending there, with what they have sent since the command. Safe to repeat. */
  async begin(person: UserId, room: RoomId, pack: string, cause: EventId): Promise<void> {
    const now = this.of(person, room);
    const early = this.#early.get(keyOf(room, person));
    this.#early.delete(keyOf(room, person));
    const before = now?.pack === pack ? now.events : [];
    const since = early?.cause === cause ? early.events : [];
    const events = [...new Set([...before, ...since])].slice(0, MOST_COLLECTED);
    await this.#keep(person, { room, pack, at: this.#deps.clock.now(), events });
  }

  /** What this person is sending there; undefined where that is nothing. */
  of(person: UserId, room: RoomId): Collection | undefined {
    const found = this.#going.get(keyOf(room, person))?.collection;
    return found !== undefined && this.#isLate(found) ? undefined : found;
  }

  /** Whether there was something. Safe to repeat. */
  async end(person: UserId, room: RoomId): Promise<boolean> {
    const was = this.of(person, room) !== undefined;
    this.#going.delete(keyOf(room, person));
    await this.#store(person, room, undefined);
    return was;
  }

  /** Notes the pictures of whoever is sending some. */
  note({ roomId, events }: RoomBatch): void {
    for (const { sender, eventId, ...event } of events) {
      const key = keyOf(roomId, sender);
      const early = this.#early.get(key);
      if (mayBegin(event)) this.#early.set(key, { cause: eventId, events: [] });
      else if (early !== undefined && isPicture(event) && early.events.length < MOST_COLLECTED)
        early.events = [...early.events, eventId];
      const going = this.#going.get(key);
      if (going === undefined || this.#isLate(going.collection) || !isPicture(event)) continue;
      const known = going.collection.events;
      if (known.includes(eventId) || known.length >= MOST_COLLECTED) continue;
      if (!this.#deps.mayActFor(sender, roomId)) continue;
      going.collection = { ...going.collection, events: [...known, eventId] };
    }
  }

  /** What was noted of this batch is stored. */
  async handle({ rooms }: Batch): Promise<void> {
    for (const { roomId, events } of rooms)
      for (const person of new Set(events.filter(isPicture).map(({ sender }) => sender))) {
        const going = this.#going.get(keyOf(roomId, person));
        if (going !== undefined) await this.#store(person, roomId, going.collection);
      }
  }

  /** Forgets what was begun more than a day ago, and what never was. */
  async sweep(): Promise<void> {
    this.#early.clear();
    for (const { person, collection } of [...this.#going.values()])
      if (this.#isLate(collection)) await this.end(person, collection.room);
  }

  #isLate({ at }: Collection): boolean {
    return at <= this.#deps.clock.now() - DAY_MS;
  }

  async #keep(person: UserId, collection: Collection): Promise<void> {
    this.#going.set(keyOf(collection.room, person), { person, collection });
    await this.#deps.documents.update(collectingDocument, person, ({ collections }) => ({
      ...{ person, collections: [...others(collections, collection.room), collection] },
    }));
  }

  /** Changes what is stored of it. Nothing is made where nothing is: whoever was erased is not written down again. */
  async #store(person: UserId, room: RoomId, next: Collection | undefined): Promise<void> {
    const { documents } = this.#deps;
    const known = await documents.get(collectingDocument, person);
    if (known?.collections.some((one) => one.room === room) !== true) {
      this.#going.delete(keyOf(room, person));
      return;
    }
    const { collections } = await documents.update(collectingDocument, person, (document) => ({
      ...document,
      collections: [...others(document.collections, room), ...(next === undefined ? [] : [next])],
    }));
    if (collections.length === 0) await documents.delete(collectingDocument, person);
  }
}

function others(collections: readonly Collection[], room: RoomId): readonly Collection[] {
  return collections.filter((one) => one.room !== room);
}

function keyOf(room: RoomId, person: UserId): string {
  return `${room} ${person}`;
}

/** A message with a file, or a sticker: whether it can become one is seen when all are there. */
function isPicture({
  type,
  content,
  redacted,
}: Pick<RoomEvent, "type" | "content" | "redacted">): boolean {
  // What replaces a message is none of its own.
  if (redacted || "m.new_content" in content) return false;
  if (type === "m.sticker") return true;
  const { msgtype } = content;
  return type === "m.room.message" && FILES.some((one) => one === msgtype);
}

/** Whether it may be a `stickers add`; what it really is, only the conversation knows. */
function mayBegin({ type, content: { body } }: Pick<RoomEvent, "type" | "content">): boolean {
  return type === "m.room.message" && typeof body === "string" && /stickers? add\b/i.test(body);
}

const FILES = ["m.image", "m.file", "m.video"];
