import { setTimeout } from "node:timers/promises";
import type { Files } from "./files.ts";

/** Between two looks whether another process still asks for it; ms. */
const AGAIN_MS = 50;

/**
 * Files whose names can be made to stand still for a moment: whoever would change one waits, and goes on after it. `isAsked`: whether another process asks for that,
 * as `askStill` does.
 */
export class StillFiles {
  readonly files: Files;
  #still: Promise<unknown> | undefined;
  readonly #changing = new Set<Promise<unknown>>();
  readonly #isAsked: (() => Promise<boolean>) | undefined;

  constructor(files: Files, isAsked?: () => Promise<boolean>) {
    this.#isAsked = isAsked;
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
    const isAsked = this.#isAsked;
    if (isAsked !== undefined) while (await isAsked()) await setTimeout(AGAIN_MS);
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
