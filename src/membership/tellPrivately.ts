import type { Answer } from "../chat/command.ts";
import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { Identities, MessageContent, Rooms, Sending } from "../matrix/port.ts";
import type { Once } from "../matrix/transaction.ts";

interface PrivateTellerDeps {
  readonly matrix: Sending & Identities & Pick<Rooms, "privateRoom">;
  readonly canEncrypt: boolean;
  readonly log: Log;
  readonly render: (answer: Answer) => MessageContent;
}

/**
 * Says something to one person alone; whether that went out. Never rejects: whoever has left the homeserver, or lets nobody in, cannot be told. `public`: it
 * tells nothing about them, so who has no device that could read it encrypted gets it as it is.
 */
export type TellPrivately = (
  person: UserId,
  answer: Answer,
  once: Once,
  holds?: "public",
) => Promise<boolean>;

export function privateTeller({
  matrix,
  log,
  render,
  canEncrypt,
}: PrivateTellerDeps): TellPrivately {
  return async (person, answer, once, holds) => {
    try {
      const clear =
        holds === "public" && canEncrypt && (await matrix.identity(person)).is === "none";
      const direct = await matrix.privateRoom(person, clear ? "unencrypted" : undefined);
      await matrix.send(direct, { ...render(answer), onlyFor: person }, once);
      return true;
    } catch (error) {
      const code = error instanceof UsherError ? { code: error.code } : errorFields(error);
      log.warn({ class: "bot", what: `${once.step}.untold`, who: pseudonym(person), ...code });
      return false;
    }
  };
}
