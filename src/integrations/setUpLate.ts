import type { Answer } from "../chat/command.ts";
import { mayNotSpeak, type OwedWords } from "../chat/owed.ts";
import type { Speaker } from "../chat/speaker.ts";
import type { RoomId } from "../kernel/ids.ts";
import type { SetUp } from "../store/room.ts";

interface LateDeps {
  readonly speaker: Pick<Speaker, "say">;
  readonly owed: Pick<OwedWords, "keep">;
  readonly calledAs: string;
}

/** Said after the command has been answered. Until it has been, the record stays, and a crash has it said by the next start. */
export async function sayLate(
  { speaker, owed, calledAs }: LateDeps,
  room: RoomId,
  { cause, resumedBy }: SetUp,
  answer: Answer,
): Promise<void> {
  const event = resumedBy ?? cause;
  try {
    await speaker.say({ room, event, thread: undefined, calledAs }, answer, "late");
  } catch (error) {
    if (!mayNotSpeak(error)) throw error;
    await owed.keep(room, answer, { cause: event, step: "late" });
  }
}
