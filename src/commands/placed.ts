import type { Answer, Deed, Plan, Request } from "../chat/command.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";

/**
 * How the commands that go by id (`list`, `show`, `set`, `remove`) reach one kind of what is put into rooms. Ids are unique over all kinds, so a
 * command asks each kind whether it knows the id.
 */
export interface Placed {
  /** The kind's part of `list`; undefined where the room has nothing of it. */
  list(room: RoomId): Promise<Answer | undefined>;
  /** The whole id that was meant: this one, or the only one that begins so. Undefined where the kind knows none. */
  find(room: RoomId, said: string): Promise<string | undefined>;
  /** Everything about the one with this id. */
  show(room: RoomId, id: string): Promise<Answer>;
  /** Changes it, as `key=value`. A key that the kind does not know, or a value it cannot use: an `UsherError`. */
  readonly set: Alteration<ReadonlyMap<string, string>>;
  readonly remove: Alteration<undefined>;
}

/** Something that can be done to what has an id; as in a command that changes things. */
export interface Alteration<C> {
  /** What it takes. Rejects with an `UsherError` where nobody may. */
  needs(id: string, change: C, request: Request): Promise<Deed>;
  /** Looks, and changes nothing. Its `exactly`, where given, is the whole command line. */
  plan(id: string, change: C, request: Request): Promise<Plan>;
  /** Does it. May be run again after a crash. */
  perform(id: string, change: C, request: Request): Promise<Answer>;
}

/** One thing that was put into a room. */
interface Found {
  readonly placed: Placed;
  readonly id: string;
}

/** The kind that knows the id, with the whole of it: exactly, or as the only one with an id that begins so. Undefined where none does. */
export async function find(kinds: readonly Placed[], room: RoomId, said: string): Promise<Found | undefined> {
  const found: Found[] = [];
  for (const placed of kinds) {
    const id = await placed.find(room, said);
    if (id !== undefined) found.push({ placed, id });
  }
  return found.find(({ id }) => id === said) ?? (found.length === 1 ? found[0] : undefined);
}

/** As `find`. Rejects with `widget-unknown` where no kind knows the id. */
export async function findOne(kinds: readonly Placed[], room: RoomId, said: string): Promise<Found> {
  const found = await find(kinds, room, said);
  if (found === undefined) throw new UsherError("widget-unknown", { id: said });
  return found;
}
