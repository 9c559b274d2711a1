import type { Clock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isStandIn } from "../../privacy/erased.ts";
import type { Documents } from "../../store/documents.ts";
import { personDocument } from "../../store/people.ts";
import type { Holding } from "../holdings/holding.ts";

interface KnownPeopleDeps {
  readonly holdings: readonly Pick<Holding, "people">[];
  readonly documents: Documents;
  readonly me: UserId;
  readonly clock: Clock;
}

/** Everybody about whom anything is held, but for Usher itself. */
export class KnownPeople {
  readonly #deps: KnownPeopleDeps;
  #last: { readonly at: number; readonly people: Promise<ReadonlySet<UserId>> } | undefined;

  constructor(deps: KnownPeopleDeps) {
    this.#deps = deps;
  }

  /** All of them, as of `maxAgeMs` ago at most: to find them takes a look at every document. */
  async all(maxAgeMs: number): Promise<ReadonlySet<UserId>> {
    const now = this.#deps.clock.now();
    const last = this.#last;
    const found =
      last !== undefined && now - last.at <= maxAgeMs ? last : { at: now, people: this.#look() };
    this.#last = found;
    try {
      return await found.people;
    } catch (error) {
      if (this.#last === found) this.#last = undefined;
      throw error;
    }
  }

  /** Whether this is one of them. Who has done something lately has a document; of others as of `maxAgeMs` ago at most. */
  async has(person: UserId, maxAgeMs: number): Promise<boolean> {
    const document = await this.#deps.documents.get(personDocument, person);
    return document?.person !== undefined || (await this.all(maxAgeMs)).has(person);
  }

  async #look(): Promise<ReadonlySet<UserId>> {
    const found = new Set<UserId>();
    for (const holding of this.#deps.holdings)
      for await (const person of holding.people())
        if (person !== this.#deps.me && !isStandIn(person)) found.add(person);
    return found;
  }
}
