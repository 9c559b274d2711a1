import type { EventId } from "../../src/kernel/ids.ts";
import type { Quote, Quotes } from "../../src/rights/erasure/quotes.ts";

/** Usher's own messages that name a person, as a test says which there are. `fail`: asked before they are taken away. */
export class MemoryQuotes implements Pick<Quotes, "find" | "takeAway"> {
  found: readonly Quote[] = [];
  readonly takenAway: EventId[] = [];
  readonly #fail: (what: string) => void;

  constructor(fail: (what: string) => void) {
    this.#fail = fail;
  }

  find: Quotes["find"] = () => Promise.resolve(this.found);

  async takeAway(quotes: readonly Quote[]): Promise<number> {
    await Promise.resolve();
    this.#fail("take away");
    this.takenAway.push(...quotes.map(({ event }) => event));
    return 0;
  }
}
