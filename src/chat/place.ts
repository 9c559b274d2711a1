import { asRoomId, type RoomAlias, type RoomId } from "../kernel/ids.ts";
import type { Learning } from "../kernel/learning.ts";
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

/** Which room the operators' room is; undefined where there is none, nothing has the alias, or that is not known yet. */
export interface OperatorsRoom {
  readonly room: RoomId | undefined;
}

/** Finds the operators' room, which may be named by an alias. Where its server does not say now, it is asked again beside all else. */
export async function findOperatorsRoom(
  { operatorsRoom: name }: { readonly operatorsRoom?: RoomId | RoomAlias | undefined },
  matrix: Pick<MatrixPort, "resolveAlias">,
  learning: Learning,
): Promise<OperatorsRoom> {
  const operators: { room: RoomId | undefined } = { room: name === undefined ? undefined : asRoomId(name) };
  if (name === undefined || operators.room !== undefined) return operators;
  await learning.begin("operators-room", async () => {
    operators.room = await matrix.resolveAlias(name as RoomAlias);
  });
  return operators;
}
