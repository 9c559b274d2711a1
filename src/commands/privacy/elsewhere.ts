import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { settledWithin } from "../../kernel/tasks.ts";
import type { Rooms } from "../../matrix/port.ts";

export interface ElsewhereDeps {
  readonly matrix: Pick<Rooms, "rememberedPrivateRooms">;
  readonly speaker: Pick<Speaker, "say">;
  readonly log: Log;
}

/** How long what was asked waits for it: one room may hang; ms. */
const PATIENCE_MS = 30_000;

interface AskedHere {
  readonly person: UserId;
  readonly room: RoomId;
  readonly event: EventId;
}

/**
 * Tells a person in each other room that is theirs and Usher's alone what was asked in their name, for it may not have been them. To be awaited before that is
 * answered: as long as it is not, a crash brings the event again and with it this, under the same names, so that nothing is said twice. Never rejects, and
 * resolves in any case after `patienceMs`.
 */
export async function tellElsewhere(
  deps: ElsewhereDeps,
  asked: AskedHere,
  answer: Answer,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  await settledWithin(tellAll(deps, asked, answer), patienceMs);
}

/** Right before each message the room is looked at again. Never rejects. */
async function tellAll(
  { matrix, speaker, log }: ElsewhereDeps,
  { person, room, event }: AskedHere,
  answer: Answer,
): Promise<void> {
  const failed = (error: unknown): void => {
    const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
    log.info({ class: "bot", what: "elsewhere.untold", who: pseudonym(person), ...code });
  };
  try {
    const rooms = await matrix.rememberedPrivateRooms(person);
    const say = async (other: RoomId): Promise<void> => {
      const place = { room: other, event, apart: true, thread: undefined, calledAs: "" } as const;
      await speaker.say(place, { ...answer, onlyFor: person }, "elsewhere").catch(failed);
    };
    await Promise.all(rooms.filter((other) => other !== room).map(say));
  } catch (error) {
    failed(error);
  }
}
