import { waitAfter } from "../erasure/erasureRequest.ts";

/** What could not be done, and is tried again after longer and longer waits. Kept in memory: a new start tries it at once. */
export class PutOff {
  readonly #known = new Map<string, { readonly tries: number; readonly until: number }>();

  /** Whether it may be tried; `now` in ms since the epoch. */
  isOver(id: string, now: number): boolean {
    return (this.#known.get(id)?.until ?? 0) <= now;
  }

  /** It failed once more. */
  again(id: string, now: number): void {
    const tries = this.#known.get(id)?.tries ?? 0;
    this.#known.set(id, { tries: tries + 1, until: now + waitAfter(tries) });
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}
