import type { Answer } from "../../chat/command.ts";
import type { Speaker } from "../../chat/speaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { pseudonym, type Log } from "../../kernel/log.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import type { Rooms } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { underageDocument } from "../../store/underage.ts";
import type { Erasures } from "../erasure/erasures.ts";
import { isClosed } from "../erasure/tellErased.ts";

interface UnderageDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  /** A keyed hash of an id. */
  readonly hashOfPerson: (person: UserId) => string;
  readonly erasures: Pick<Erasures, "eraseReported">;
  readonly speaker: Pick<Speaker, "say">;
  readonly matrix: Pick<Rooms, "privateRoom">;
  readonly log: Log;
  /** What they are told. */
  readonly reported: () => Answer;
}

/** People who were reported to be younger than the minimum age (R65): all about them is erased, and nothing is set up for them. */
export class Underage {
  readonly #deps: UnderageDeps;

  constructor(deps: UnderageDeps) {
    this.#deps = deps;
  }

  async isReported(person: UserId): Promise<boolean> {
    const { documents, hashOfPerson } = this.#deps;
    const who = hashOfPerson(person);
    const known = await documents.get(underageDocument, "self");
    return known?.reported.some((one) => one.who === who) === true;
  }

  /**
   * Refuses them from now on, tells them, and begins to erase all about them. False where they could be told nowhere. Safe to repeat for the same `cause`.
   * Sources: GDPR 12 and 19.
   */
  async report(person: UserId, cause: EventId): Promise<boolean> {
    const { documents, clock, hashOfPerson, erasures } = this.#deps;
    const who = hashOfPerson(person);
    const at = laterOf(clock);
    await documents.update(underageDocument, "self", (document) =>
      document.reported.some((one) => one.who === who)
        ? document
        : { reported: [...document.reported, { who, at }] },
    );
    // Before it is erased which room is theirs.
    const told = await this.#tell(person, cause);
    await erasures.eraseReported(person);
    return told;
  }

  async #tell(person: UserId, event: EventId): Promise<boolean> {
    const { matrix, speaker, log, reported } = this.#deps;
    try {
      const room = await matrix.privateRoom(person);
      const place = { room, event, apart: true, thread: undefined, calledAs: "" } as const;
      await speaker.say(place, { ...reported(), onlyFor: person }, "underage");
      return true;
    } catch (error) {
      if (!isClosed(error)) throw error;
      const { code } = error;
      log.warn({ class: "bot", what: "underage.untold", who: pseudonym(person), code });
      return false;
    }
  }
}
