import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type { Members, RoomEvent } from "../matrix/port.ts";
import type { RoomDocument } from "../store/room.ts";

/** Whether nobody else is in a room or on the way there, from how many are joined, Usher included, and how many invited. */
export function isAlone({
  joined,
  invited,
}: {
  readonly joined: number;
  readonly invited: number;
}): boolean {
  return joined <= 1 && invited === 0;
}

/** Whether somebody else has come, gone or been invited. */
export function othersMoved({ events }: Pick<RoomBatch, "events">, me: UserId): boolean {
  return events.some((event) => isMembershipOfOther(event, me));
}

/**
 * Whether Usher is alone, as far as what was heard tells: by the homeserver's count, or because the last that was heard of others is that one came
 * or was invited. Undefined where it takes a look at who is there.
 */
export function aloneFromBatch(
  { events, people }: Pick<RoomBatch, "events" | "people">,
  me: UserId,
  isProgram: (user: UserId) => boolean,
): boolean | undefined {
  if (people !== undefined && isAlone(people)) return true;
  if (people !== undefined && people.joined + people.invited > FEW) return false;
  const last = events.findLast((event) => isMembershipOfOther(event, me));
  const membership = last?.content["membership"];
  const isCome = membership === "join" || membership === "invite";
  return isCome && !isProgram(last?.stateKey as UserId) ? false : undefined;
}

/** In a room of more than so many there is somebody beside programs. */
const FEW = 10;

/** Whether nobody is left but programs that Usher gives orders, as the bots of bridges. */
export function isAmongPrograms(
  { joined, invited }: Members,
  me: UserId,
  isProgram: (user: UserId) => boolean,
): boolean {
  return [...joined, ...invited].every((user) => user === me || isProgram(user));
}

function isMembershipOfOther({ type, stateKey }: RoomEvent, me: UserId): boolean {
  return type === "m.room.member" && stateKey !== me;
}

/** The rooms where Usher has been alone for long enough to leave; all times in ms. */
export function aloneTooLong(
  since: ReadonlyMap<RoomId, number>,
  now: number,
  aloneMs: number,
): readonly RoomId[] {
  return [...since].filter(([, began]) => now - began >= aloneMs).map(([room]) => room);
}

/** The document of a room where Usher has been alone since then; ms, undefined where it is not. */
export function withAloneSince(
  { aloneSince: _, ...document }: RoomDocument,
  since: number | undefined,
): RoomDocument {
  return since === undefined ? document : { ...document, aloneSince: since };
}
