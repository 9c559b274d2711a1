import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { pseudonym, type Log } from "../../kernel/log.ts";
import type { Rooms } from "../../matrix/port.ts";
import type { ErasureRequest, FateCount } from "../../store/erasures.ts";
import type { ThingByHand } from "../holdings/byHand.ts";

export interface TellErasedDeps {
  readonly speaker: Pick<Speaker, "say">;
  readonly matrix: Pick<Rooms, "privateRoom">;
  readonly log: Log;
}

/** What a person is told of the end of their erasure. `secret`: of the receipt; undefined where they have it already. */
export interface ErasureEnd {
  readonly receipt: string;
  readonly secret: string | undefined;
  readonly began: readonly FateCount[];
  readonly left: readonly FateCount[];
  /** When the last backup goes that may still have it; undefined where there is none. Ms since the epoch. */
  readonly copiesUntil: number | undefined;
  /** What other services keep all the same. */
  readonly keeps: readonly Answer[];
  /** What operators erase by hand, and before when. */
  readonly byHand: { readonly things: readonly ThingByHand[]; readonly due: number } | undefined;
}

/** Says to the person what became of their request: where they asked, or in another room of the two. Who can be told nowhere is erased all the same. */
export async function tellErased(
  { speaker, matrix, log }: TellErasedDeps,
  { person, event, room }: Pick<ErasureRequest, "person" | "event" | "room">,
  answer: Answer,
  step: string,
): Promise<void> {
  if (event === undefined || room === undefined) return;
  const say = async (where: RoomId): Promise<void> => {
    const place = { room: where, event, apart: true, thread: undefined, calledAs: "" } as const;
    await speaker.say(place, { ...answer, onlyFor: person }, step);
  };
  try {
    await say(room).catch(async (error: unknown) => {
      if (!isClosed(error)) throw error;
      await say(await matrix.privateRoom(person));
    });
  } catch (error) {
    if (!isClosed(error)) throw error;
    log.warn({ class: "bot", what: "erasure.untold", who: pseudonym(person), code: error.code });
  }
}

/** Whether something cannot be said there, now or later: trying again does not help. */
export function isClosed(error: unknown): error is UsherError {
  if (!(error instanceof UsherError)) return false;
  const { status } = error.view;
  return (
    error.code === "room-not-private" ||
    error.code === "private-rooms-enough" ||
    (typeof status === "number" && status >= 400 && status < 500 && status !== 429)
  );
}
