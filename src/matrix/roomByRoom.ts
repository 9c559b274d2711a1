import type { RoomId } from "../kernel/ids.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import type { Batch, BatchHandler, RoomBatch } from "./intake.ts";

/** So much of one room may be under way: five hundred short events, or fifty of the longest. What comes meanwhile is told of as a gap. */
const MOST_WAITING = 2_000_000;
const EACH = 4_000;

const nothing = (): void => undefined;

/**
 * Hands batches on room by room, so that a room in which something hangs holds up, and keeps in memory, nothing but its own events, and a bounded
 * number of those.
 */
export class RoomByRoom {
  readonly #handle: BatchHandler;
  readonly #log: Log;
  readonly #waiting = new Map<RoomId, number>();
  readonly #noteGap: (room: RoomId) => void;
  /** Rooms that have missed something, for the next batch that they get, and whether Usher's coming into the room was among it. */
  readonly #missed = new Map<RoomId, { readonly joined: boolean }>();

  /** `noteGap` is called at once where a room's events are given up: what is known of the room may be so no longer. */
  constructor(handle: BatchHandler, log: Log, noteGap: (room: RoomId) => void) {
    this.#handle = handle;
    this.#noteGap = noteGap;
    this.#log = log;
  }

  /** Calls the handler at once for each room, and once for all that is no room's. Not asynchronous: that would keep the whole batch until its end. */
  handle(batch: Batch): Promise<void> {
    const rest = { ...batch, rooms: [] };
    const parts = batch.rooms.map((room) =>
      this.#room({ ...rest, invites: [], departures: [], anew: false }, room),
    );
    return Promise.all([this.#handle(rest), ...parts]).then(nothing);
  }

  #room(rest: Batch, room: RoomBatch): Promise<void> {
    const { roomId, events } = room;
    const before = this.#waiting.get(roomId) ?? 0;
    const weight = events.reduce(
      (sum, { content }) => sum + EACH + JSON.stringify(content).length,
      0,
    );
    if (before > 0 && before + weight > MOST_WAITING) {
      this.#log.error({
        class: "bot",
        what: "room.events-given-up",
        where: pseudonym(roomId),
        count: events.length,
      });
      this.#missed.set(roomId, {
        joined: room.joined === true || this.#missed.get(roomId)?.joined === true,
      });
      this.#noteGap(roomId);
      return Promise.resolve();
    }
    this.#waiting.set(roomId, before + weight);
    const missed = this.#missed.get(roomId);
    this.#missed.delete(roomId);
    const whole =
      missed === undefined
        ? room
        : { ...room, gap: true, ...(missed.joined ? { joined: true } : {}) };
    return this.#handle({ ...rest, rooms: [whole] }).finally(
      this.#leave.bind(this, roomId, weight),
    );
  }

  #leave(room: RoomId, weight: number): void {
    const left = (this.#waiting.get(room) ?? 0) - weight;
    if (left > 0) this.#waiting.set(room, left);
    else this.#waiting.delete(room);
  }
}
