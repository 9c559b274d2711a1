import { RecentMap } from "../kernel/recent.ts";

/** A document as it is on the disk, and whose it is. */
export interface Stored<T> {
  readonly id: string;
  readonly document: T;
}

/** What is durable, by the path of its file, so that a reader need not wait for whoever is writing the next. Of more than `most` the longest unused go. */
export class DocumentCache {
  /** What is read is put there anew, so the oldest is the longest unused. */
  readonly #stored: RecentMap<string, Stored<object>>;

  constructor(most: number) {
    this.#stored = new RecentMap(most);
  }

  get(path: string): Stored<object> | undefined {
    const found = this.#stored.get(path);
    if (found !== undefined) this.put(path, found);
    return found;
  }

  put(path: string, stored: Stored<object>): void {
    this.#stored.set(path, stored);
  }

  delete(path: string): void {
    this.#stored.delete(path);
  }
}
