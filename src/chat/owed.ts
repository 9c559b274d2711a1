import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Clock } from "../kernel/clock.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { MessageContent, Sending } from "../matrix/port.ts";
import type { Once } from "../matrix/transaction.ts";
import type { Part } from "../matrix/part.ts";
import { POWER_LEVELS } from "../matrix/power.ts";
import { keptMs } from "../privacy/kept.ts";
import { OWED_WORDS } from "../privacy/records/rooms.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import type { Answer } from "./command.ts";
import { retryTransient } from "./retryTransient.ts";

type Owed = NonNullable<RoomDocument["owed"]>[number];

/** Sentences that are kept for one room; older ones go. */
const KEPT = 10;

interface OwedWordsDeps {
  readonly matrix: Sending;
  readonly documents: Documents;
  readonly clock: Clock;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly render: (answer: Answer) => MessageContent;
  readonly retention: Pick<Retention, "stops">;
  readonly log: Log;
}

/** Whether the homeserver refused because Usher may not speak in the room. Only other power can change that: trying again does not. */
export function mayNotSpeak(error: unknown): boolean {
  return (
    error instanceof UsherError && error.code === "room-unreachable" && error.view["status"] === 403
  );
}

/** What Usher says by itself in rooms. Where it may not speak, it keeps that, durably, and says it when its power has changed. */
export class OwedWords implements Part {
  readonly name = "owed";
  readonly #deps: OwedWordsDeps;
  /** Rooms with something owed, so that nobody else's change of power costs a look at a document. */
  readonly #rooms = new Set<RoomId>();

  constructor(deps: OwedWordsDeps) {
    this.#deps = deps;
  }

  /** What the last run could not say. */
  found({ id, owed = [] }: RoomDocument): void {
    if (owed.length > 0) this.#rooms.add(id);
  }

  start(): Promise<void> {
    for (const room of this.#rooms) void this.#deps.queue.run(room, () => this.#pay(room));
    return Promise.resolve();
  }

  /** Says it, or keeps it where Usher may not speak. Rejects where it can be said for no other reason. */
  async say(room: RoomId, answer: Answer, once: Once): Promise<void> {
    try {
      await this.#deps.matrix.send(room, this.#deps.render(answer), once);
    } catch (error) {
      if (!mayNotSpeak(error)) throw error;
      await this.keep(room, answer, once);
    }
  }

  /** Keeps what was refused. The same thing is kept once; none while old ones cannot be deleted. */
  async keep(room: RoomId, { template, view }: Answer, { cause, step }: Once): Promise<void> {
    const { retention, log } = this.#deps;
    if (retention.stops(OWED_WORDS)) {
      log.warn({ class: "bot", what: "owed.not-kept", where: pseudonym(room) });
      return;
    }
    const owed = {
      template,
      view,
      cause,
      step,
      until: this.#deps.clock.now() + keptMs(OWED_WORDS),
    };
    await this.#deps.documents.update(roomDocument, room, (document) => withOwed(document, owed));
    this.#rooms.add(room);
  }

  /** Settles when what was owed in rooms whose power levels changed has been said, or is still refused. */
  async handle(batch: Batch): Promise<void> {
    const { queue } = this.#deps;
    const rooms = batch.rooms.filter(
      (room) => this.#rooms.has(room.roomId) && mayHaveChanged(room),
    );
    await Promise.all(rooms.map(({ roomId }) => queue.run(roomId, () => this.#pay(roomId))));
  }

  /** Forgets what nobody needs to hear any more, though Usher may still not speak there. */
  async sweepRoom(room: RoomDocument): Promise<void> {
    const { documents, clock } = this.#deps;
    const now = clock.now();
    if (withoutOldWords(room, now) !== room)
      await documents.update(roomDocument, room.id, (current) => withoutOldWords(current, now));
  }

  async #pay(room: RoomId): Promise<void> {
    const { matrix, documents, clock, render } = this.#deps;
    for (const one of (await documents.get(roomDocument, room))?.owed ?? []) {
      try {
        if (one.until > clock.now())
          await retryTransient({ clock }, () => matrix.send(room, render(asAnswer(one)), one));
      } catch (error) {
        if (mayNotSpeak(error)) return;
        throw error;
      }
      await documents.update(roomDocument, room, (document) => withoutOwed(document, one));
    }
    this.#rooms.delete(room);
  }
}

/** The view was checked to be JSON when it was stored. */
function asAnswer({ template, view }: Owed): Answer {
  return { template, view: view as Answer["view"] };
}

function mayHaveChanged({ gap, events }: RoomBatch): boolean {
  return gap || events.some(({ type, stateKey }) => type === POWER_LEVELS && stateKey === "");
}

function isSame(one: Owed, other: Owed): boolean {
  return one.cause === other.cause && one.step === other.step;
}

/** The document with something more that is owed in its room. */
export function withOwed(document: RoomDocument, owed: Owed): RoomDocument {
  const known = document.owed ?? [];
  return known.some((one) => isSame(one, owed))
    ? document
    : { ...document, owed: [...known, owed].slice(-KEPT) };
}

function withoutOwed(document: RoomDocument, paid: Owed): RoomDocument {
  return withOnly(document, (one) => !isSame(one, paid));
}

/** The document without what was owed for too long. */
export function withoutOldWords(document: RoomDocument, now: number): RoomDocument {
  return withOnly(document, ({ until }) => until > now);
}

function withOnly(document: RoomDocument, isKept: (one: Owed) => boolean): RoomDocument {
  const { owed = [], ...others } = document;
  const left = owed.filter(isKept);
  if (left.length === owed.length) return document;
  return left.length === 0 ? others : { ...others, owed: left };
}
