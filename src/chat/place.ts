import { asRoomId, type RoomAlias, type RoomId, type UserId } from "../kernel/ids.ts";
import type { Learning } from "../kernel/learning.ts";
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
