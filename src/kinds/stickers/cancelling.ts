import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";

/** What goes on in rooms for people, and can be ended. */
export interface Cancellable {
  /** Whether something goes on there, for this person or for anybody. */
  readonly goesOn: (room: RoomId, person?: UserId) => boolean;
  /** Ends that; whether there was something. */
  readonly cancel: (room: RoomId, person?: UserId) => boolean;
}

/** Who has asked for something, where, and in which event. */
export interface Asked {
  readonly room: RoomId;
  readonly person: UserId;
  readonly event: EventId;
}

/** What commands have begun and not ended. */
export class GoingOn implements Cancellable {
  readonly #all = new Map<EventId, Asked & { readonly cancel: AbortController }>();

  /** The signal ends when somebody cancels it. */
  begin(asked: Asked): AbortSignal {
    const cancel = new AbortController();
    this.#all.set(asked.event, { ...asked, cancel });
    return cancel.signal;
  }

  end({ event }: Asked): void {
    this.#all.delete(event);
  }

  cancel(room: RoomId, person?: UserId): boolean {
    const ended = this.#of(room, person);
    for (const one of ended) one.cancel.abort();
    return ended.length > 0;
  }

  goesOn(room: RoomId, person?: UserId): boolean {
    return this.#of(room, person).length > 0;
  }

  #of(room: RoomId, person: UserId | undefined) {
    return [...this.#all.values()].filter(
      (one) => one.room === room && (person === undefined || one.person === person),
    );
  }
}

/** All of these as one. */
export function anyOf(all: readonly Cancellable[]): Cancellable {
  return {
    goesOn: (room, person) => all.some((one) => one.goesOn(room, person)),
    cancel: (room, person) => all.map((one) => one.cancel(room, person)).includes(true),
  };
}
