import type { ExportedThing } from "./format.ts";
import type { Spool } from "./spool.ts";

/** A run of all things that are spooled, counted over the categories in their order. */
export interface Run {
  /** The first, counted from 0. */
  readonly from: number;
  /** The first after it. */
  readonly to: number;
}

/** What of a spool one file holds. */
export class Portion {
  readonly #spool: Pick<Spool, "things" | "columns" | "count">;
  /** Of each category the things that are in it, counted within the category. */
  readonly #runs: ReadonlyMap<string, Run>;

  /** `categories`: their ids, in their order. */
  constructor(
    spool: Pick<Spool, "things" | "columns" | "count">,
    categories: readonly string[],
    { from, to }: Run,
  ) {
    this.#spool = spool;
    const runs = new Map<string, Run>();
    let before = 0;
    for (const category of categories) {
      const count = spool.count(category);
      const within = (place: number): number => Math.min(Math.max(place - before, 0), count);
      runs.set(category, { from: within(from), to: within(to) });
      before += count;
    }
    this.#runs = runs;
  }

  /** How many things of the category are in it. */
  count(category: string): number {
    const { from, to } = this.#of(category);
    return to - from;
  }

  columns(category: string): readonly string[] {
    return this.#spool.columns(category);
  }

  things(category: string): AsyncIterable<ExportedThing> {
    const { from, to } = this.#of(category);
    return this.#spool.things(category, from, to);
  }

  #of(category: string): Run {
    return this.#runs.get(category) ?? { from: 0, to: 0 };
  }
}
