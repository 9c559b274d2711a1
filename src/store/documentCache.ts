/** A document as it is on the disk, and whose it is. */
export interface Stored<T> {
  readonly id: string;
  readonly document: T;
}

/** What is durable, by the path of its file, so that a reader need not wait for whoever is writing the next. Of more than `most` the longest unused go. */
export class DocumentCache {
  readonly #most: number;
  /** The longest unused comes first. */
  readonly #stored = new Map<string, Stored<object>>();

  constructor(most: number) {
    this.#most = most;
  }

  get(path: string): Stored<object> | undefined {
    const found = this.#stored.get(path);
    if (found !== undefined) this.put(path, found);
    return found;
  }

  put(path: string, stored: Stored<object>): void {
    this.#stored.delete(path);
    this.#stored.set(path, stored);
    const [longestUnused] = this.#stored.keys();
    if (this.#stored.size > this.#most && longestUnused !== undefined)
      this.#stored.delete(longestUnused);
  }

  delete(path: string): void {
    this.#stored.delete(path);
  }
}
