/** Remembers the newest so many ids, to know a repetition when it comes. */
export class RecentIds<T extends string> {
  readonly #ids = new Set<T>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(id: T): boolean {
    return this.#ids.has(id);
  }

  /** Whether it is new. */
  add(id: T): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    // A set gives its members back in the order in which they came.
    for (const oldest of this.#ids) {
      if (this.#ids.size <= this.#most) break;
      this.#ids.delete(oldest);
    }
    return true;
  }
}
