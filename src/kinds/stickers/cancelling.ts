import type { RoomId, UserId } from "../../kernel/ids.ts";

/** What goes on in rooms for people, and can be ended. */
export interface Cancellable {
  /** Whether something goes on there, for this person or for anybody. */
  readonly goesOn: (room: RoomId, person?: UserId) => boolean;
  /** Ends that; whether there was something. */
  readonly cancel: (room: RoomId, person?: UserId) => boolean;
}

/** All of these as one. */
export function anyOf(all: readonly Cancellable[]): Cancellable {
  return {
    goesOn: (room, person) => all.some((one) => one.goesOn(room, person)),
    cancel: (room, person) => all.map((one) => one.cancel(room, person)).includes(true),
  };
}
