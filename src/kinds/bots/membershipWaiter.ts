import type { Clock } from "../../kernel/clock.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { RoomEvent } from "../../matrix/port.ts";
import { unreachable } from "../../matrix/errors.ts";

interface Waiter {
  readonly room: RoomId;
  readonly user: UserId;
  wake: () => void;
}

/** Whom and what somebody waits for. */
interface Awaited<T> {
  readonly room: RoomId;
  readonly user: UserId;
  /** Reads how things stand now. */
  readonly look: () => Promise<T>;
  readonly fits: (now: T) => boolean;
  /** The longest wait; ms. */
  readonly ms: number;
}

/** Wakes whoever waits for somebody to come into a room or to leave it. The intake tells it what happens; it never asks by itself. */
export class MembershipWaiter {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An event of a room, as the intake has just read it. */
  note({ roomId, type, stateKey }: Pick<RoomEvent, "roomId" | "type" | "stateKey">): void {
    if (type !== "m.room.member" || stateKey === undefined) return;
    for (const waiter of this.#waiters)
      if (waiter.room === roomId && waiter.user === stateKey) waiter.wake();
  }

  /** More happened in the room than was seen: who waits looks again. */
  noteGap(room: RoomId): void {
    for (const waiter of this.#waiters) if (waiter.room === room) waiter.wake();
  }

  /** Nobody waits any longer: all waits end with `room-unreachable`, to be taken up at the next start. */
  stop(): void {
    this.#stopped = true;
    for (const waiter of this.#waiters) waiter.wake();
  }

  /** Looks now, and again whenever there is news, until what is seen fits or the time is over; resolves with what was seen last. */
  async until<T>({ room, user, look, fits, ms }: Awaited<T>): Promise<T> {
    const waiter: Waiter = { room, user, wake: () => undefined };
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
