import type { EventId } from "../kernel/ids.ts";
import type { Asked, RoomDocument } from "../store/room.ts";

/** What let a command begin. */
export interface Begun {
  /** The yes, in words or as a reaction; undefined where none was needed. */
  readonly confirmedBy: EventId | undefined;
  /** The message under which the answer goes: the yes in words, else the command. */
  readonly replyTo: EventId;
  /** The message that says "I am working on it", if there is one already; the answer replaces it. */
  readonly acknowledged?: EventId | undefined;
}

/**
 * How many answered events a room's document remembers: as many as can come again. Where Usher is killed again and again before all it heard is
 * settled, its place in the stream stays, and of what came in a room since then it hears 500 events anew, at most.
 */
const REMEMBERED = 600;

/** Marks events as answered. */
export function handled(document: RoomDocument, ...events: readonly EventId[]): RoomDocument {
  const fresh = events.filter((event) => !document.handled.includes(event));
  return fresh.length === 0
    ? document
    : { ...document, handled: [...document.handled, ...fresh].slice(-REMEMBERED) };
}

/** The answer to this event begins as "I am working on it". */
export function workedOn(document: RoomDocument, event: EventId): RoomDocument {
  const { working = [] } = document;
  return working.includes(event) ? document : { ...document, working: [...working, event] };
}

/** A command had its answer, or its preview. */
export function told(document: RoomDocument, event: EventId): RoomDocument {
  return handled(withoutWorking(document, event), event);
}

function withoutWorking(document: RoomDocument, event: EventId): RoomDocument {
  if (document.working?.includes(event) !== true) return document;
  const { working, ...rest } = document;
  const left = working.filter((one) => one !== event);
  return left.length === 0 ? rest : { ...rest, working: left };
}

/** How many previews of one person may wait in a room, and how many of all: the newest replace the oldest. */
const WAITING_EACH = 3;
const WAITING_ALL = 60;
/** How many of Usher's own reactions a room's document remembers to take away. */
const SPENT = 200;

/** A preview was shown: its command is answered, and waits for a yes. Showing it again changes nothing. */
export function previewed(
  document: RoomDocument,
  one: RoomDocument["pending"][number],
): RoomDocument {
  if (document.pending.some(({ event }) => event === one.event)) return document;
  const theirs = document.pending
    .filter(({ person }) => person === one.person)
    .slice(-(WAITING_EACH - 1));
  const left = document.pending
    .filter((other) => other.person !== one.person || theirs.includes(other))
    .slice(-(WAITING_ALL - 1));
  return told({ ...withPending(document, left), pending: [...left, one] }, one.event);
}

/** The preview of this command waits no longer. */
export function settled(document: RoomDocument, event: EventId): RoomDocument {
  return withPending(
    document,
    document.pending.filter((one) => one.event !== event),
  );
}

/** A person has asked for something else in the same place: what waits there for their yes is an older question now. */
export function leftBehind(document: RoomDocument, { person, event, thread }: Asked): RoomDocument {
  const fresh = (one: RoomDocument["pending"][number]): boolean =>
    one.person === person && one.thread === thread && one.event !== event && one.older !== true;
  if (!document.pending.some(fresh)) return document;
  return {
    ...document,
    pending: document.pending.map((one) => (fresh(one) ? { ...one, older: true } : one)),
  };
}

/** Usher's own ✅ and ❌ stand beneath the preview of this command. Where that waits no longer, they are to go again. */
export function signed(
  document: RoomDocument,
  event: EventId,
  signs: readonly EventId[],
): RoomDocument {
  const waits = document.pending.some((one) => one.event === event);
  if (!waits) return { ...document, spent: [...(document.spent ?? []), ...signs].slice(-SPENT) };
  return {
    ...document,
    pending: document.pending.map((one) =>
      one.event === event ? { ...one, signs: [...signs] } : one,
    ),
  };
}

/** These reactions of Usher are gone. */
export function cleared(document: RoomDocument, signs: readonly EventId[]): RoomDocument {
  const { spent = [], ...rest } = document;
  const left = spent.filter((sign) => !signs.includes(sign));
  return left.length === 0 ? rest : { ...rest, spent: left };
}

/** With these previews alone; the signs beneath the others are to be taken away. */
function withPending(document: RoomDocument, pending: RoomDocument["pending"]): RoomDocument {
  if (pending.length === document.pending.length) return document;
  const gone = document.pending
    .filter((one) => !pending.includes(one))
    .flatMap(({ signs = [] }) => signs);
  const spent = [...(document.spent ?? []), ...gone].slice(-SPENT);
  return { ...document, pending, ...(spent.length === 0 ? {} : { spent }) };
}

/** A command is about to have its first effect, after this yes if it needed one. */
export function begun(
  document: RoomDocument,
  asked: Asked,
  { confirmedBy, replyTo }: Begun,
): RoomDocument {
  const entry = { ...asked, replyTo, ...(confirmedBy === undefined ? {} : { confirmedBy }) };
  const without = settled(document, asked.event);
  const known = without.journal.some((one) => one.event === asked.event);
  const begin = known ? without : { ...without, journal: [...without.journal, entry] };
  return handled(begin, asked.event, ...(confirmedBy === undefined ? [] : [confirmedBy]));
}

/** A command had its last effect. `unkept`: what would undo it goes with its end. */
export function done(document: RoomDocument, event: EventId, unkept = false): RoomDocument {
  const left = unkept ? notToBeUndone(document, event) : document;
  return told({ ...left, journal: left.journal.filter((one) => one.event !== event) }, event);
}

/** Whether what this command did is noted so that it can be undone. */
export function mayBeUndone(document: RoomDocument | undefined, event: EventId): boolean {
  return document?.changes?.some(({ cause }) => cause === event) === true;
}

/** The document without what would undo what this command did. */
export function notToBeUndone(document: RoomDocument, event: EventId): RoomDocument {
  const { changes = [] } = document;
  const left = changes.filter(({ cause }) => cause !== event);
  return left.length === changes.length ? document : { ...document, changes: left };
}

/** Drops the previews whose time is over (D10). */
export function withoutExpired(document: RoomDocument, now: number): RoomDocument {
  return withPending(
    document,
    document.pending.filter((one) => one.expiresAt > now),
  );
}
