import type { Files } from "./files.ts";

/** Files whose names can be made to stand still for a moment: whoever would change one waits, and goes on after it. */
export class StillFiles {
  readonly files: Files;
  #still: Promise<unknown> | undefined;
  readonly #changing = new Set<Promise<unknown>>();

  constructor(files: Files) {
    const waiting =
      <A extends readonly unknown[], R>(change: (...given: A) => Promise<R>) =>
      (...given: A): Promise<R> =>
        this.#change(() => change(...given));
    this.files = {
      ...files,
      rename: waiting((from, to) => files.rename(from, to)),
      link: waiting((from, to) => files.link(from, to)),
      remove: waiting((path) => files.remove(path)),
    };
  }

  /** Does the work while no name changes; one such work after another. It must change none itself. */
  readonly during = async <T>(work: () => Promise<T>): Promise<T> => {
    while (this.#still !== undefined) await this.#still;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#still = promise;
    try {
      await Promise.allSettled(this.#changing);
      return await work();
    } finally {
      this.#still = undefined;
      resolve(undefined);
    }
  };

  async #change<R>(change: () => Promise<R>): Promise<R> {
    while (this.#still !== undefined) await this.#still;
    const changing = change();
    this.#changing.add(changing);
    try {
      return await changing;
    } finally {
      this.#changing.delete(changing);
    }
  }
}
