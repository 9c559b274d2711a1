import type { Answer } from "../chat/command.ts";
import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { MessageContent, Once, Rooms, Sending } from "../matrix/port.ts";

interface PrivateTellerDeps {
  readonly matrix: Sending & Pick<Rooms, "privateRoom">;
  readonly log: Log;
  readonly render: (answer: Answer) => MessageContent;
}

/** Says something to one person alone; whether that went out. Never rejects: whoever has left the homeserver, or lets nobody in, cannot be told. */
export type TellPrivately = (person: UserId, answer: Answer, once: Once) => Promise<boolean>;

export function privateTeller({ matrix, log, render }: PrivateTellerDeps): TellPrivately {
  return async (person, answer, once) => {
    try {
      const direct = await matrix.privateRoom(person);
      await matrix.send(direct, { ...render(answer), onlyFor: person }, once);
      return true;
    } catch (error) {
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.warn({ class: "bot", what: `${once.step}.untold`, who: pseudonym(person), ...code });
      return false;
    }
  };
}
