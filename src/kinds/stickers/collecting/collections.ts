import type { Clock } from "../../../kernel/clock.ts";
import { DAY_MS } from "../../../kernel/days.ts";
import { asEventId, type EventId, type RoomId, type UserId } from "../../../kernel/ids.ts";
import { isContent } from "../../../matrix/events.ts";
import type { Batch, RoomBatch } from "../../../matrix/intake.ts";
import type { RoomEvent } from "../../../matrix/port.ts";
import type { Documents } from "../../../store/documents.ts";
import type { PackImage } from "../pack.ts";
import { collectingDocument, type Collection, type Making } from "./document.ts";

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
  readonly #early = new Map<string, Sent & { readonly cause: EventId }>();

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
    const making = now?.making ?? [];
    const edits = { ...now?.edits, ...early?.edits };
    await this.#keep(person, { room, pack, at: this.#deps.clock.now(), events, making, edits });
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
    await this.#save(person, room);
    return was;
  }

  /**
   * All that was sent is to become stickers by this command: what comes from now on waits for a next one, for a day again. Gives the same where it is done again after a crash; undefined where
   * there is nothing.
   */
  async take(person: UserId, room: RoomId, cause: EventId): Promise<Making | undefined> {
    const now = this.of(person, room);
    const known = now?.making.find((one) => one.cause === cause);
    if (known !== undefined || now === undefined || now.events.length === 0) return known;
    const taken: Making = { cause, pack: now.pack, events: now.events, uploaded: {} };
    const making = [...now.making, taken];
    const at = this.#deps.clock.now();
    await this.#set(person, { ...now, at, events: [], making, closed: true });
    return taken;
  }

  /** Whether nobody has ended what the command has taken. */
  goesOn(person: UserId, room: RoomId, cause: EventId): boolean {
    return this.of(person, room)?.making.some((one) => one.cause === cause) === true;
  }

  /** The picture of this message lies in the media repository. */
  async uploaded(
    { person, room, cause }: { person: UserId; room: RoomId; cause: EventId },
    event: EventId,
    image: PackImage,
  ): Promise<void> {
    const now = this.of(person, room);
    if (now === undefined) return;
    const making = now.making.map((one) =>
      one.cause === cause ? { ...one, uploaded: { ...one.uploaded, [event]: image } } : one,
    );
    await this.#set(person, { ...now, making });
  }

  /** What the command has taken are stickers: how many pictures were sent meanwhile, which wait. Safe to repeat. */
  async finish(person: UserId, room: RoomId, cause: EventId): Promise<number> {
    const now = this.of(person, room);
    const making = now?.making.filter((one) => one.cause !== cause) ?? [];
    const isOver = now?.closed === true && now.events.length + making.length === 0;
    if (now === undefined || isOver) {
      await this.end(person, room);
      return 0;
    }
    const { closed, ...open } = now;
    const still = making.length > 0 && closed === true ? { closed } : {};
    const left = new Set<string>([...now.events, ...making.flatMap((one) => one.events)]);
    const edits = Object.fromEntries(Object.entries(now.edits).filter(([id]) => left.has(id)));
    await this.#set(person, { ...open, ...still, making, edits });
    return now.events.length;
  }

  /** The command failed: what it has taken waits again, before what was sent since. */
  async giveBack(person: UserId, room: RoomId, cause: EventId): Promise<void> {
    const now = this.of(person, room);
    const taken = now?.making.find((one) => one.cause === cause);
    if (now === undefined || taken === undefined) return;
    const { closed: _, ...open } = now;
    const making = now.making.filter((one) => one !== taken);
    const isSame = taken.pack === now.pack;
    const events = isSame ? [...taken.events, ...now.events] : now.events;
    await this.#set(person, { ...open, making, events });
  }

  /** Ends the stickers that are being made of what this person has sent there, or anybody, as far as they are not there yet; whether there were some. */
  cancel(room: RoomId, person?: UserId): boolean {
    const ended = this.#making(room, person);
    // What is stored goes when the command sees that nothing is left to do.
    for (const one of ended) this.#going.delete(keyOf(room, one));
    return ended.length > 0;
  }

  /** Whether stickers are being made there of what this person has sent, or anybody. */
  isMaking(room: RoomId, person?: UserId): boolean {
    return this.#making(room, person).length > 0;
  }

  #making(room: RoomId, person: UserId | undefined): readonly UserId[] {
    const people = [...this.#going.values()].map((one) => one.person);
    return people.filter(
      (one) =>
        (person === undefined || one === person) && (this.of(one, room)?.making.length ?? 0) > 0,
    );
  }

  /** Notes the pictures of whoever is sending some, and what they say instead of one before they say "done". */
  note({ roomId, events }: RoomBatch): void {
    for (const event of events) {
      const { sender, eventId } = event;
      const key = keyOf(roomId, sender);
      const early = this.#early.get(key);
      if (mayBegin(event)) this.#early.set(key, { cause: eventId, events: [], edits: {} });
      else if (early !== undefined) this.#early.set(key, withSent(early, event));
      const going = this.#going.get(key);
      if (going === undefined || this.#isLate(going.collection)) continue;
      if (!this.#deps.mayActFor(sender, roomId)) continue;
      going.collection = withSent(going.collection, event);
    }
  }

  /** What was noted of this batch is stored. */
  async handle({ rooms }: Batch): Promise<void> {
    for (const { roomId, events } of rooms)
      for (const person of new Set(events.filter(isOfPictures).map(({ sender }) => sender))) {
        const going = this.#going.get(keyOf(roomId, person));
        if (going !== undefined) await this.#save(person, roomId);
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

  async #set(person: UserId, collection: Collection): Promise<void> {
    this.#going.set(keyOf(collection.room, person), { person, collection });
    await this.#save(person, collection.room);
  }

  /** Stores how it stands now. Nothing is made where nothing is: whoever was erased is not written down again. */
  async #save(person: UserId, room: RoomId): Promise<void> {
    const { documents } = this.#deps;
    const known = await documents.get(collectingDocument, person);
    if (known?.collections.some((one) => one.room === room) !== true) {
      this.#going.delete(keyOf(room, person));
      // A kill may have come before this.
      if (known?.collections.length === 0) await documents.delete(collectingDocument, person);
      return;
    }
    const { collections } = await documents.update(collectingDocument, person, (document) => {
      const now = this.#going.get(keyOf(room, person))?.collection;
      const all = others(document.collections, room);
      return { ...document, collections: now === undefined ? all : [...all, now] };
    });
    if (collections.length === 0) await documents.delete(collectingDocument, person);
  }
}

/** What has been sent so far. */
type Sent = Pick<Collection, "events" | "edits">;

/** With a picture that was sent, or with what replaces one. */
function withSent<T extends Sent>(sent: T, event: RoomEvent): T {
  const { events, edits } = sent;
  const { eventId } = event;
  const replaced = replacedBy(event);
  if (replaced !== undefined)
    return events.includes(replaced) ? { ...sent, edits: { ...edits, [replaced]: eventId } } : sent;
  const isMore = events.length < MOST_COLLECTED && !events.includes(eventId);
  return isPicture(event) && isMore ? { ...sent, events: [...events, eventId] } : sent;
}

function isOfPictures(event: RoomEvent): boolean {
  return isPicture(event) || replacedBy(event) !== undefined;
}

/** What a message is said instead of (specification, "Event replacements"). */
function replacedBy({ type, content, redacted }: RoomEvent): EventId | undefined {
  const relation = content["m.relates_to"];
  if (type !== "m.room.message" || redacted || !isContent(relation)) return undefined;
  const { rel_type, event_id } = relation;
  const replaces = rel_type === "m.replace" && "m.new_content" in content;
  return replaces && typeof event_id === "string" ? asEventId(event_id) : undefined;
}

function others(collections: readonly Collection[], room: RoomId): Collection[] {
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
