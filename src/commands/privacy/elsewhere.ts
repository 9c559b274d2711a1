import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import type { Rooms } from "../../matrix/port.ts";

export interface ElsewhereDeps {
  readonly matrix: Pick<Rooms, "rememberedPrivateRooms">;
  readonly speaker: Pick<Speaker, "say">;
  readonly log: Log;
}

/**
 * Tells a person in each other room that is theirs and Usher's alone what was asked in their name, for it may not have been them. Right before each message
 * the room is looked at again. Never rejects: what was asked does not wait for it.
 */
export async function tellElsewhere(
  { matrix, speaker, log }: ElsewhereDeps,
  {
    person,
    room,
    event,
  }: { readonly person: UserId; readonly room: RoomId; readonly event: EventId },
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
