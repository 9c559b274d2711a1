/**
 * A map of the newest so many entries: one that is set again is the newest, and the oldest make room. Who sets while going through it goes through a copy:
 * each entry that is set comes again at the end.
 */
export class RecentMap<K, V> extends Map<K, V> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    // A map gives its keys back in the order in which they came.
    for (const oldest of this.keys()) {
      if (this.size <= this.#most) break;
      this.delete(oldest);
    }
    return this;
  }
}

/** Remembers the newest so many ids, to know a repetition when it comes. */
export class RecentIds<T extends string> {
  readonly #ids: RecentMap<T, true>;

  constructor(most: number) {
    this.#ids = new RecentMap(most);
  }

  has(id: T): boolean {
    return this.#ids.has(id);
  }

  /** Whether it is new. A repetition makes it no younger. */
  add(id: T): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.set(id, true);
    return true;
  }
}
