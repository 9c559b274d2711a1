/** Where in the stream of events everything has settled, and when the homeserver said so (ms since the epoch). */
export interface SyncMark {
  readonly token: string;
  readonly heardAt: number;
}

interface Entry {
  readonly mark: SyncMark | undefined;
  /** Given by whoever began it; ms. */
  readonly begun: number;
  settled: boolean;
}

/**
 * Follows batches that settle in any order, and saves the mark of the last one before which nothing is left. One save runs at a
 * time; what settles meanwhile is saved together by the next. A save that fails goes to `onError` and is made up for by the next.
 */
export class Settlement {
  readonly #save: (mark: SyncMark) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  /** From the oldest batch that has not settled to the newest. */
  readonly #entries: Entry[] = [];
  #unsettled = 0;
  #unsaved: SyncMark | undefined;
  #saving = false;
  #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  constructor(save: (mark: SyncMark) => Promise<void>, onError: (error: unknown) => void) {
    this.#save = save;
    this.#onError = onError;
  }

  /**
   * Takes the next batch; without a mark it holds up those after it and saves nothing itself. The function says that it has settled.
   * `begun` is the time that `giveUp` goes by.
   */
  begin(mark: SyncMark | undefined, begun = 0): () => void {
    const entry: Entry = { mark, begun, settled: false };
    this.#entries.push(entry);
    this.#unsettled += 1;
    return () => {
      if (entry.settled) return;
      entry.settled = true;
      this.#unsettled -= 1;
      this.#advance();
    };
  }

  /** Waits no longer for those that were begun before this time: they count as settled. How many there were. */
  giveUp(before: number): number {
    const late = this.#entries.filter((entry) => !entry.settled && entry.begun < before);
    for (const entry of late) entry.settled = true;
    this.#unsettled -= late.length;
    if (late.length > 0) this.#advance();
    return late.length;
  }

  /** Resolves when all batches have settled and the last mark is saved, or has failed to be. */
  idle(): Promise<void> {
    return this.#wait(() => this.#unsettled === 0 && !this.#saving);
  }

  #advance(): void {
    const first = this.#entries.findIndex((entry) => !entry.settled);
    const settled = this.#entries.splice(0, first === -1 ? this.#entries.length : first);
    this.#unsaved = settled.findLast((entry) => entry.mark !== undefined)?.mark ?? this.#unsaved;
    if (!this.#saving && settled.length > 0) void this.#saveAll();
    this.#wake();
  }

  /** Never rejects. */
  async #saveAll(): Promise<void> {
    this.#saving = true;
    try {
      while (this.#unsaved !== undefined) {
        const mark: SyncMark = this.#unsaved;
        await this.#save(mark);
        if (this.#unsaved === mark) this.#unsaved = undefined;
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#saving = false;
      this.#wake();
    }
  }

  #wait(until: () => boolean): Promise<void> {
    if (until()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  #wake(): void {
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      if (!until()) return true;
      resolve();
      return false;
    });
  }
}
