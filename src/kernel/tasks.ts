import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Does work that is nobody's in particular, whoever's event begins it: nothing of what is carried along with that (`AsyncLocalStorage`), as in whose name
 * something is done, goes into it.
 */
export const detached: <T>(work: () => T) => T = AsyncLocalStorage.snapshot();

/**
 * Runs work one after another per key, and side by side across keys. Nothing floats: a task's failure goes to `onError`,
 * harms no later task, and `idle` waits for all that was given so far.
 */
export class KeyedQueue {
  /** By key, what the next task waits for. */
  readonly #tails = new Map<string, Promise<void>>();
  /** By key, how the task whose turn it is lets the next one begin. */
  readonly #turns = new Map<string, () => void>();
  readonly #unfinished = new Set<Promise<void>>();
  readonly #onError: (error: unknown, key: string) => void;

  constructor(onError: (error: unknown, key: string) => void) {
    this.#onError = onError;
  }

  /** Resolves when the task has settled, well or badly; never rejects. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const result = this.#run(key, task).finally(() => this.#unfinished.delete(result));
    this.#unfinished.add(result);
    return result;
  }

  /** The same for a task whose result or failure is the caller's. */
  inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const turn = this.run(key, () => task().then(resolve, reject));
    return Promise.all([promise, turn]).then(([result]) => result);
  }

  /**
   * Waits for something outside in the middle of the key's task, which is the only one that may call this: the key's other tasks go on meanwhile.
   * Whatever was known before must be looked at again after it. Settles as the waiting does, when it is this task's turn again.
   */
  async aside<T>(key: string, wait: () => Promise<T>): Promise<T> {
    this.#end(key);
    try {
      return await wait();
    } finally {
      await this.#begin(key);
    }
  }

  get size(): number {
    return this.#unfinished.size;
  }

  /** Resolves when no work is left, work that was added meanwhile included. */
  async idle(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
  }

  async #run(key: string, task: () => Promise<void>): Promise<void> {
    await this.#begin(key);
    try {
      await task();
    } catch (error) {
      this.#onError(error, key);
    } finally {
      this.#end(key);
    }
  }

  async #begin(key: string): Promise<void> {
    const before = this.#tails.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(key, promise);
    await before;
    this.#turns.set(key, () => {
      if (this.#tails.get(key) === promise) this.#tails.delete(key);
      resolve();
    });
  }

  #end(key: string): void {
    const next = this.#turns.get(key);
    this.#turns.delete(key);
    next?.();
  }
}

/** What goes on beside all else, and is waited for at the end alone. */
export class Beside {
  readonly #all = new Set<Promise<unknown>>();

  /** Whoever gives it has seen to its failure. */
  add(work: Promise<unknown>): void {
    const whole = work.catch(() => undefined).finally(() => this.#all.delete(whole));
    this.#all.add(whole);
  }

  /** Resolves when nothing goes on any more. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.all(this.#all);
  }
}

/** Waits for the promise at most `ms`; the answer says which came first. The promise itself goes on. */
export async function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([
      promise.then(
        () => true,
        () => true,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long one piece of work holds up the next where those have nothing to do with each other: a homeserver that hangs answers in minutes, or never; ms. */
const HELD_UP_MS = 30_000;

interface InTurn<T> {
  /** 30 s unless given. */
  readonly heldUpMs?: number;
  /** Those that go on from before, which are left out; kept here. */
  readonly busy?: Set<T>;
}

/**
 * Does the same for each, one after another, so that there are never many at once; one that takes longer than `heldUpMs` goes on beside, and the next begins.
 * Resolves when all have begun and those that were not too slow are done. `work` must not reject.
 */
export async function eachInTurn<T>(
  all: Iterable<T>,
  work: (one: T) => Promise<unknown>,
  { heldUpMs = HELD_UP_MS, busy = new Set() }: InTurn<T> = {},
): Promise<void> {
  for (const one of all) {
    if (busy.has(one)) continue;
    busy.add(one);
    await settledWithin(
      work(one).finally(() => busy.delete(one)),
      heldUpMs,
    );
  }
}

/** Calls that come while one runs share the next: what each wanted kept is kept when its call resolves. */
export function lastOnly(write: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      return (running = write());
    });
    // A failure is told to those who asked, and does not keep later ones from being tried.
    running = running.catch(() => undefined);
    return next;
  };
}
