import { asRoomId, type RoomAlias, type RoomId, type UserId } from "../kernel/ids.ts";
import type { MatrixPort, Members } from "../matrix/port.ts";

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
  matrix: Pick<MatrixPort, "state">,
): Promise<boolean> {
  if (!isPair(members)) return false;
  if (meant) return true;
  const named = await Promise.all(NAMING.map(async ([type, field]) => (await matrix.state(room, type, ""))?.[field]));
  return named.every((value) => typeof value !== "string" || value.trim() === "");
}

interface Operators {
  readonly operators: readonly UserId[];
  /** Whoever is in this room is an operator there. */
  readonly operatorsRoom: RoomId | undefined;
}

/** Operators' commands are answered in the operators' room, and in a direct chat with an operator; nowhere else. */
export function isOperatorHere(
  { operators, operatorsRoom }: Operators,
  { person, room, direct }: { readonly person: UserId; readonly room: RoomId; readonly direct: boolean },
): boolean {
  return room === operatorsRoom || (direct && operators.includes(person));
}

/** The id of a room that may be named by its alias; undefined where nothing has that alias. */
export async function roomNamed(
  name: RoomId | RoomAlias | undefined,
  matrix: Pick<MatrixPort, "resolveAlias">,
): Promise<RoomId | undefined> {
  return name === undefined ? undefined : (asRoomId(name) ?? (await matrix.resolveAlias(name as RoomAlias)));
}
