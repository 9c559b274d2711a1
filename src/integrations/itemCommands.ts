import type { Answer, Deed, Plan, Request } from "../chat/command.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";
import { matching, type Named } from "./match.ts";
import { nearest } from "../kernel/nearest.ts";
import { NAME_OR_ID } from "../chat/nameOrId.ts";
import { asTyped } from "../chat/tokenize.ts";

/**
 * How the commands that go by id (`list`, `show`, `set`, `remove`) reach one kind of what is put into rooms. Ids are unique over all kinds, names
 * need not be: where several things may be meant, the person is asked which.
 */
export interface ItemCommands {
  /** The kind's part of `list`; undefined where the room has nothing of it. */
  list(room: RoomId): Promise<Answer | undefined>;
  /** All of this kind that the room has, or that Usher remembers, with what people may call each. */
  things(room: RoomId): Promise<readonly Named[]>;
  /** The id that is meant where none of these is: by its form it can be nothing but this kind's, so that the kind says what is wrong with it. */
  claims?(said: string): string | undefined;
  /** Everything about the one with this id. */
  show(room: RoomId, id: string): Promise<Answer>;
  /** Changes it, as `key=value`. A key that the kind does not know, or a value it cannot use: an `UsherError`. Left out where nothing can be changed. */
  readonly set?: ItemChange<ReadonlyMap<string, string>>;
  /** What is said instead, in words of the kind. */
  readonly fixed?: (said: string) => UsherError;
  readonly remove: ItemChange<undefined>;
}

/** Something that can be done to what has an id; as in a command that changes things. */
export interface ItemChange<C> {
  /** What it usually takes: for help, and where nothing of the kind is meant yet. */
  readonly usual: readonly Need[];
  /** What it takes. Rejects with an `UsherError` where nobody may. */
  needs(id: string, change: C, request: Request): Promise<Deed>;
  /** Looks, and changes nothing. Its `exactly`, where given, is the whole command line. */
  plan(id: string, change: C, request: Request): Promise<Plan>;
  /** Does it. May be run again after a crash. */
  perform(id: string, change: C, request: Request): Promise<Answer>;
}

/** One of all the things that the room has, with its kind. */
type Thing = Named & { readonly items: ItemCommands };

/** One thing that was put into a room. */
interface Found {
  readonly items: ItemCommands;
  readonly id: string;
}

/**
 * What is meant by an id, a name, or the beginning of one, over all kinds; undefined where nothing is. Rejects with `item-ambiguous` where it may
 * be one of several.
 */
export async function find(
  kinds: readonly ItemCommands[],
  room: RoomId,
  said: string,
): Promise<Found | undefined> {
  return meantBy(kinds, await allThings(kinds, room), said);
}

function meantBy(
  kinds: readonly ItemCommands[],
  things: readonly Thing[],
  said: string,
): Found | undefined {
  const found = matching(things, said);
  if (found.length > 1) throw ambiguous(said, found);
  return found[0] ?? claimed(kinds, said);
}

/** The kinds as one request sees them: each looks once at what the room has, so that what it takes to do something and what is done are of the same things. */
export function lookingOnce(
  kinds: readonly ItemCommands[],
): (request: Pick<Request, "room">) => readonly ItemCommands[] {
  const seen = new WeakMap<Pick<Request, "room">, readonly ItemCommands[]>();
  return (request) => {
    const known = seen.get(request) ?? kinds.map((items) => withThings(items, request.room));
    seen.set(request, known);
    return known;
  };
}

function withThings(items: ItemCommands, room: RoomId): ItemCommands {
  let things: ReturnType<ItemCommands["things"]> | undefined;
  return {
    ...items,
    things: (wanted) => (wanted === room ? (things ??= items.things(room)) : items.things(wanted)),
  };
}

/** Everything that the room has, or that Usher remembers, of all kinds. */
export async function allThings(
  kinds: readonly ItemCommands[],
  room: RoomId,
): Promise<readonly Thing[]> {
  return (
    await Promise.all(
      kinds.map(async (items) => (await items.things(room)).map((thing) => ({ ...thing, items }))),
    )
  ).flat();
}

/** Which kind has the thing with exactly this id: what was confirmed must not mean another once it is gone. */
export async function findExactly(
  kinds: readonly ItemCommands[],
  room: RoomId,
  id: string,
): Promise<Found | undefined> {
  const things = await allThings(kinds, room);
  const thing =
    things.find((one) => one.id === id) ?? things.find(({ also = [] }) => also.includes(id));
  return thing === undefined ? claimed(kinds, id) : { items: thing.items, id: thing.id };
}

function claimed(kinds: readonly ItemCommands[], said: string): Found | undefined {
  for (const items of kinds) {
    const id = items.claims?.(said);
    if (id !== undefined) return { items, id };
  }
  return undefined;
}

/** As `find`. Rejects with `item-unknown` too, where nothing is meant. */
export async function findOne(
  kinds: readonly ItemCommands[],
  room: RoomId,
  said: string,
): Promise<Found> {
  const things = await allThings(kinds, room);
  const found = meantBy(kinds, things, said);
  if (found === undefined) throw unknown(said, things);
  return found;
}

/** As `findExactly`. Rejects with `item-unknown` where nothing has the id. */
export async function findOneExactly(
  kinds: readonly ItemCommands[],
  room: RoomId,
  id: string,
): Promise<Found> {
  const found = await findExactly(kinds, room, id);
  if (found === undefined) throw unknown(id, []);
  return found;
}

/** That nothing has this id or name, with what is nearest to it among these. */
export function unknown(said: string, things: readonly Named[]): UsherError {
  const names = things.flatMap(({ id, name, also = [] }) => [name, id, ...also]);
  return new UsherError("item-unknown", { id: asTyped(said), said, nearest: nearest(said, names) });
}

/** For a command without the name that it needs: what there is to choose from. `things` of the room; `more`: what must follow the name. */
export function whichOf(
  things: (room: RoomId) => Promise<readonly Named[]>,
  words: string,
  more = "",
): (label: string, room: RoomId) => Promise<UsherError | undefined> {
  return async (label, room) => {
    if (label !== NAME_OR_ID) return undefined;
    const all = await things(room);
    const [first] = all;
    const shown = all.slice(0, CHOICES).map(({ id, name }) => ({ id: asTyped(id), name }));
    const called = first === undefined ? undefined : typedFor(first, all);
    const example =
      called === undefined
        ? undefined
        : `${words} ${more === "" ? called : asTyped(called)}${more}`;
    return new UsherError("item-missing", {
      words,
      things: shown,
      more: all.length > CHOICES,
      example,
    });
  };
}

/** As many as remind of what there is; `list` shows all. */
const CHOICES = 5;

/** How one of these things is best called by people: by its name, where that is short, needs no quotes and means no other; else by its id. */
export function typedFor({ id, name }: Named, things: readonly Named[]): string {
  const bare =
    name.length <= MAX_CALLED &&
    name.split(" ").every((word) => word !== "" && asTyped(word) === word);
  const [one, ...others] = bare ? matching(things, name) : [];
  return one?.id === id && others.length === 0 ? name : asTyped(id);
}

/** UTF-16 units. */
const MAX_CALLED = 40;

/** The question which of several things is meant. */
export function ambiguous(said: string, things: readonly Named[]): UsherError {
  const shown = things.slice(0, CANDIDATES).map(({ id, name }) => ({ id: asTyped(id), name }));
  return new UsherError("item-ambiguous", {
    said,
    things: shown,
    more: things.length > CANDIDATES,
  });
}

/** As many as a person reads through. */
const CANDIDATES = 10;
