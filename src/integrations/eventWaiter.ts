import type { Clock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type { RoomEvent } from "../matrix/port.ts";
import { unreachable } from "../matrix/errors.ts";

/** What of an event tells whether it is worth a look. */
export type EventGist = Pick<RoomEvent, "roomId" | "type" | "sender"> &
  Partial<Pick<RoomEvent, "stateKey">>;

/** What somebody waits for. */
interface Awaited<T> {
  readonly room: RoomId;
  /** Whether an event may have changed what is looked at. */
  readonly concerns: (event: EventGist) => boolean;
  /** Reads how things stand now. */
  readonly look: () => Promise<T>;
  readonly fits: (now: T) => boolean;
  /** The longest wait; ms. */
  readonly ms: number;
}

interface Waiter extends Pick<Awaited<never>, "room" | "concerns"> {
  wake: () => void;
}

/** That somebody came into a room, or left it, or was invited. */
export function membershipOf(user: UserId): (event: EventGist) => boolean {
  return ({ type, stateKey }) => type === "m.room.member" && stateKey === user;
}

/** Wakes whoever waits for something to happen in a room. The intake tells it what happens; it never asks by itself. */
export class EventWaiter {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the intake has just read. */
  note({ roomId, gap, events }: Pick<RoomBatch, "roomId" | "gap"> & Gists): void {
    if (gap) this.wake(roomId);
    for (const event of events)
      for (const waiter of this.#waiters)
        if (waiter.room === roomId && waiter.concerns(event)) waiter.wake();
  }

  /** Whoever waits for something in the room looks again: more happened there than was seen. */
  wake(room: RoomId): void {
    for (const waiter of this.#waiters) if (waiter.room === room) waiter.wake();
  }

  /** Nobody waits any longer: all waits end with `room-unreachable`, to be taken up at the next start. */
  stop(): void {
    this.#stopped = true;
    for (const waiter of this.#waiters) waiter.wake();
  }

  /** Looks now, and again whenever there is news, until what is seen fits or the time is over; resolves with what was seen last. */
  async until<T>({ room, concerns, look, fits, ms }: Awaited<T>): Promise<T> {
    const waiter: Waiter = { room, concerns, wake: () => undefined };
    const time = { over: false };
    this.#waiters.add(waiter);
    const cancel = this.#clock.after(ms, () => {
      time.over = true;
      waiter.wake();
    });
    try {
      for (;;) {
        // Made before looking, so that what happens meanwhile is not missed.
        const news = new Promise<void>((resolve) => {
          waiter.wake = resolve;
        });
        if (this.#stopped) throw unreachable("wait", "aborted");
        const last = time.over;
        const now = await look();
        if (fits(now) || last) return now;
        if (!time.over && !this.#stopped) await news;
      }
    } finally {
      cancel();
      this.#waiters.delete(waiter);
    }
  }
}

interface Gists {
  readonly events: readonly EventGist[];
}
