import type { RoomId, UserId } from "../kernel/ids.ts";
import type { PowerLevels, RoomMembers, RoomPrivacy } from "../matrix/port.ts";
import { allowed } from "../matrix/power.ts";
import type { OperatorsRoom } from "./place.ts";

/** Who is an operator: those whom the configuration names, and in their room whoever may change its state. */
export interface OperatorRules {
  readonly operators: readonly UserId[];
  readonly room: OperatorsRoom;
}

/** `elsewhere`: an operator, but this is no place for what operators do. */
export type OperatorStanding = "here" | "elsewhere" | undefined;

export interface Asker {
  readonly person: UserId;
  readonly room: RoomId;
  /** Only this person and Usher are in the room. */
  readonly alone: boolean;
}

/**
 * How somebody stands to operators' commands in a room. They are answered in the operators' room, and to those whom the configuration names in a chat
 * of the two. Whoever merely got into the operators' room is none: that takes the power to change its state.
 */
export async function operatorStanding(
  { operators, room: { room: office } }: OperatorRules,
  { person, room, alone }: Asker,
  matrix: RoomPrivacy & PowerLevels & RoomMembers,
): Promise<OperatorStanding> {
  const named = operators.includes(person);
  if (named && (room === office || (alone && (await isPrivate(room, person, matrix)))))
    return "here";
  if (office === undefined) return named ? "elsewhere" : undefined;
  if (room === office) return (await mayChange(office, person, matrix)) ? "here" : undefined;
  return named || (await isThere(office, person, matrix)) ? "elsewhere" : undefined;
}

/** Two in a room that others can come into, or read without being there, are not among themselves. */
async function isPrivate(room: RoomId, person: UserId, matrix: RoomPrivacy): Promise<boolean> {
  return (await matrix.privacyFault(room, person)) === undefined;
}

async function mayChange(office: RoomId, person: UserId, matrix: PowerLevels): Promise<boolean> {
  // A type that no room gives a level of its own, so that the usual one counts.
  return allowed(await matrix.power(office), person, { kind: "state", type: "operators" });
}

/** Never rejects: what cannot be read now makes nobody an operator. */
async function isThere(
  office: RoomId,
  person: UserId,
  matrix: PowerLevels & RoomMembers,
): Promise<boolean> {
  try {
    return (
      (await matrix.members(office)).joined.has(person) && (await mayChange(office, person, matrix))
    );
  } catch {
    return false;
  }
}
