import type { EventId, UserId } from "../kernel/ids.ts";
import type { Identities, Rooms } from "../matrix/port.ts";
import type { Answer } from "./command.ts";
import type { Speaker } from "./speaker.ts";

interface LettersDeps {
  readonly matrix: Identities & Pick<Rooms, "privateRoom">;
  readonly speaker: Pick<Speaker, "say">;
  /** Whether Usher can encrypt. */
  readonly canEncrypt: boolean;
  readonly calledAs: string;
}

/** What is told one person alone, whatever room it is about: in a room of exactly them and Usher, made if there is none. */
export class Letters {
  readonly #deps: LettersDeps;

  constructor(deps: LettersDeps) {
    this.#deps = deps;
  }

  /** Whether it goes to them unencrypted: they have no device that could read it otherwise, or Usher cannot encrypt. To be said before. */
  async areClear(person: UserId): Promise<boolean> {
    const { matrix, canEncrypt } = this.#deps;
    return !canEncrypt || (await matrix.identity(person)).is === "none";
  }

  /** Resolves when it has gone out; said again for the same event and step it is the same message. Rejects with `private-rooms-enough`, `room-not-private`, and as everything that sends. */
  async send(
    person: UserId,
    answer: Answer,
    { cause, step }: { readonly cause: EventId; readonly step: string },
  ): Promise<void> {
    const { matrix, speaker, canEncrypt, calledAs } = this.#deps;
    const only = (await this.areClear(person)) ? "unencrypted" : "encrypted";
    const room = await matrix.privateRoom(person, canEncrypt ? only : undefined);
    const place = { room, event: cause, apart: true, thread: undefined, calledAs } as const;
    await speaker.say(place, { ...answer, onlyFor: person }, step);
  }
}
