import { asRoomId, type RoomAlias, type RoomId } from "../kernel/ids.ts";
import type { Learning } from "../kernel/learning.ts";
import type { Members, Rooms, RoomState } from "../matrix/port.ts";
import { accountDocument } from "../store/account.ts";
import type { Documents } from "../store/documents.ts";

/** Whether exactly two are in a room or invited: whatever is said there is said to the other. */
export function isPair({ joined, invited }: Members): boolean {
  return joined.size + invited.size === 2;
}

/** What makes a room of two one that others are to come into. */
const NAMING: readonly (readonly [type: string, field: string])[] = [
  ["m.room.name", "name"],
  ["m.room.canonical_alias", "alias"],
  ["m.room.topic", "topic"],
];

/**
 * Whether a room is a direct chat: exactly two are in it or invited, and it was made as one (`meant`: the invitation said so), or nobody has given
 * it a name, an alias or a topic. It decides how things are said, and never what is private: that is `privacyFault`'s.
 */
export async function isDirectChat(
  room: RoomId,
  { members, meant }: { readonly members: Members; readonly meant: boolean },
  matrix: Pick<RoomState, "state">,
): Promise<boolean> {
  if (!isPair(members)) return false;
  if (meant) return true;
  const named = await Promise.all(
    NAMING.map(async ([type, field]) => (await matrix.state(room, type, ""))?.[field]),
  );
  return named.every((value) => typeof value !== "string" || value.trim() === "");
}

/** Which room the operators' room is; undefined where there is none, nothing has the alias, or that is not known yet. */
export interface OperatorsRoom {
  readonly room: RoomId | undefined;
  /** Where the alias leads now, if elsewhere than when it was first asked. Usher does not follow it there. */
  readonly movedTo?: RoomId | undefined;
}

/**
 * Finds the operators' room, which may be named by an alias. What that led to first is kept: whoever holds the alias later must not choose the room
 * whose people are operators. Where its server does not say now, it is asked again beside all else.
 */
export async function findOperatorsRoom(
  { operatorsRoom: name }: { readonly operatorsRoom?: RoomId | RoomAlias | undefined },
  { matrix, documents, learning }: FindingDeps,
): Promise<OperatorsRoom> {
  const found: { room: RoomId | undefined; movedTo: RoomId | undefined } = {
    room: name === undefined ? undefined : asRoomId(name),
    movedTo: undefined,
  };
  if (name === undefined || found.room !== undefined || documents === undefined) return found;
  const kept = (await documents.get(accountDocument, "self"))?.operatorsRoom;
  if (kept?.alias === name) found.room = kept.room;
  await learning.begin("operators-room", async () => {
    const room = await matrix.resolveAlias(name as RoomAlias);
    if (room === undefined || room === found.room) return;
    if (found.room !== undefined) {
      found.movedTo = room;
      return;
    }
    await documents.update(accountDocument, "self", (document) => ({
      ...document,
      operatorsRoom: { alias: name, room },
    }));
    found.room = room;
  });
  return found;
}

interface FindingDeps {
  readonly matrix: Pick<Rooms, "resolveAlias">;
  /** Undefined where what is stored cannot be read: then no alias is followed, for nobody knows where it led first. */
  readonly documents: Pick<Documents, "get" | "update"> | undefined;
  readonly learning: Learning;
}
