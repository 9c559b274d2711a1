import { asRoomId, type RoomAlias, type RoomId, type UserId } from "../kernel/ids.ts";
import type { MatrixPort, Members } from "../matrix/port.ts";

/** Whether a room is a direct chat: exactly two are in it or invited. What `m.direct` and `is_direct` claim counts for nothing. */
export function isDirect({ joined, invited }: Members): boolean {
  return joined.size + invited.size === 2;
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
