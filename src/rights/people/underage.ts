import type { Clock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import { laterOf } from "../../kernel/otherClock.ts";
import type { Documents } from "../../store/documents.ts";
import { underageDocument } from "../../store/underage.ts";
import type { Erasures } from "../erasure/erasures.ts";

interface UnderageDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  /** A keyed hash of an id. */
  readonly hashOfPerson: (person: UserId) => string;
  readonly erasures: Pick<Erasures, "eraseReported">;
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

  /** Refuses them from now on, and begins to erase all about them. Safe to repeat. */
  async report(person: UserId): Promise<void> {
    const { documents, clock, hashOfPerson, erasures } = this.#deps;
    const who = hashOfPerson(person);
    const at = laterOf(clock);
    await documents.update(underageDocument, "self", (document) =>
      document.reported.some((one) => one.who === who)
        ? document
        : { reported: [...document.reported, { who, at }] },
    );
    await erasures.eraseReported(person);
  }
}
