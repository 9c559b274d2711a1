import type { UsherError } from "../kernel/errors.ts";
import type { RoomEvent, RoomMembers } from "../matrix/port.ts";
import type { Asked } from "../store/room.ts";
import type { Command } from "./command.ts";
import type { Asker, OperatorStanding } from "./operators.ts";
import { parseLine, type Misunderstood } from "./parse.ts";
import { isForEverybody } from "./permit.ts";
import { isPair } from "./place.ts";

interface MisunderstoodDeps {
  readonly matrix: RoomMembers;
  readonly commands: readonly Command[];
  readonly standing: (asker: Asker) => Promise<OperatorStanding>;
}

type Said = Pick<RoomEvent, "roomId" | "sender"> & Pick<Asked, "line" | "calledAs">;

/** What is wrong with a line, and what of the room there is to choose from. Of commands that somebody may not give here nothing is advised. */
export async function whatIsWrong(
  { matrix, commands, standing }: MisunderstoodDeps,
  { roomId: room, sender: person, line, calledAs }: Said,
  { error, command }: Misunderstood,
): Promise<UsherError> {
  const { label } = error.view;
  if (error.code === "argument-missing" && typeof label === "string")
    return (await command?.missing?.(label, room)) ?? error;
  if (error.code !== "address-unknown-command") return error;
  if ((await standing({ person, room, alone: isPair(await matrix.members(room)) })) === "here")
    return error;
  const parsed = parseLine(line, commands.filter(isForEverybody), calledAs);
  return "error" in parsed ? parsed.error : error;
}
