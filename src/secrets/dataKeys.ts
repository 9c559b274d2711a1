import { createSecretKey, randomBytes, type KeyObject } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import { dayOf } from "../kernel/days.ts";
import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Documents } from "../store/documents.ts";
import { dataKeyDocument } from "../store/secrets.ts";
import { kidOf, KeyRing, type KeyRingDeps } from "./keyRing.ts";
import { makeKid } from "./ring.ts";
import type { Bound } from "./seal.ts";

const BYTES = 32;
/** What is wrapped must not change while it is counted what needs a key. */
const TURN = "data keys";

interface DataKeysDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly ring: KeyRing;
}

/** A key of the ring. */
export interface KeyFacts {
  readonly kid: string;
  readonly primary: boolean;
  /** How many people's data keys it wraps. */
  readonly wraps: number;
  /** How many of them it does not open: they are damaged. */
  readonly unreadable: number;
  /** It wraps some, or may open one that was put aside. */
  readonly needed: boolean;
}

/** The ring, and whether all fits. */
export interface KeyRingFacts {
  readonly file: string;
  /** Why the file would not serve the next start; undefined where it would. */
  readonly fault: UsherError | undefined;
  readonly keys: readonly KeyFacts[];
  /** How many data keys no key of the ring opens, or were put aside: they are damaged. */
  readonly unreadable: number;
}

/**
 * The data keys: one for each person of whom a credential is kept, made with the first and destroyed with the last. None is in memory longer than it takes to
 * use it.
 */
export class DataKeys {
  readonly #deps: DataKeysDeps;
  readonly #queue = new KeyedQueue((error) => {
    throw error;
  });

  private constructor(deps: DataKeysDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the ring, makes it where none is needed yet, and sees that it has every key that stored data keys need. Rejects with `key-ring-missing`,
   * `key-missing`, with `data-key-unreadable` where it opens none of them, and as `KeyRing.read` does.
   */
  static async open({
    documents,
    clock,
    ...files
  }: Omit<DataKeysDeps, "ring"> & KeyRingDeps): Promise<DataKeys> {
    const ring = await KeyRing.read(files);
    let opens = false;
    let fault: UsherError | undefined;
    for await (const { id, document } of documents.scan(dataKeyDocument)) {
      if (!ring.isThere) throw new UsherError("key-ring-missing", { file: ring.path });
      // One that opens shows that it is the right ring; documents may be damaged.
      if (opens && ring.has(kidOf(document.wrapped))) continue;
      const found = faultOf(ring, document.wrapped, boundTo(id));
      if (found?.code === "key-missing") throw found;
      opens ||= found === undefined;
      fault ??= found;
    }
    if (fault !== undefined && !opens) throw fault;
    if (!ring.isThere) await ring.begin(makeKid(dayOf(clock.now())));
    return new DataKeys({ documents, clock, ring });
  }

  /** Where the ring stands. */
  get ringPath(): string {
    return this.#deps.ring.path;
  }

  /** The person's data key; undefined where they have none. Rejects with `key-missing` and `data-key-unreadable`. */
  async of(person: UserId): Promise<KeyObject | undefined> {
    const { documents, ring } = this.#deps;
    const known = await documents.get(dataKeyDocument, person);
    return known && ring.unwrap(known.wrapped, boundTo(person));
  }

  /** The same, made where there is none. */
  make(person: UserId): Promise<KeyObject> {
    return this.#queue.inTurn(TURN, async () => {
      const known = await this.of(person);
      if (known !== undefined) return known;
      const { documents, clock, ring } = this.#deps;
      const key = createSecretKey(randomBytes(BYTES));
      const wrapped = ring.wrap(key, boundTo(person));
      await documents.update(dataKeyDocument, person, () => ({ person, at: clock.now(), wrapped }));
      return key;
    });
  }

  /** Destroys the person's data key: nothing that was sealed with it opens any more. */
  async forget(person: UserId): Promise<void> {
    await this.#deps.documents.delete(dataKeyDocument, person);
  }

  /** The keys of the ring, and what each is needed for. */
  async status(): Promise<readonly KeyFacts[]> {
    return (await this.#counted()).keys;
  }

  /** The ring as the next start would find it, and what it opens. */
  async facts(): Promise<KeyRingFacts> {
    const { ring } = this.#deps;
    const fault = await ring.fault();
    return { file: ring.path, fault, ...(await this.#counted()) };
  }

  /** An id for a new key of the ring. */
  makeKid(): string {
    return makeKid(dayOf(this.#deps.clock.now()));
  }

  /** Adds a key to the ring, which wraps from now on. Safe to repeat. Rejects as `KeyRing.add` does. */
  add(kid: string): Promise<void> {
    return this.#queue.inTurn(TURN, () => this.#deps.ring.add(kid));
  }

  /**
   * Wraps anew with the primary whatever another key wraps, each by itself, so that it may end between any two. How many it was, and how many damaged ones it
   * went past.
   */
  async rewrap(): Promise<{ readonly count: number; readonly left: number }> {
    const { documents, ring } = this.#deps;
    let count = 0;
    let left = await documents.countPutAside(dataKeyDocument);
    for await (const { id } of documents.scan(dataKeyDocument))
      await this.#queue.inTurn(TURN, async () => {
        await documents.update(dataKeyDocument, id, (current) => {
          // It may have been destroyed meanwhile.
          if (current.person === undefined || kidOf(current.wrapped) === ring.primary)
            return current;
          const bound = boundTo(id);
          if (faultOf(ring, current.wrapped, bound) !== undefined) {
            left += 1;
            return current;
          }
          count += 1;
          return { ...current, wrapped: ring.wrap(ring.unwrap(current.wrapped, bound), bound) };
        });
      });
    return { count, left };
  }

  /** Why a key may not be taken out of the ring: `key-unknown`, `key-primary`, `key-in-use`, `data-key-put-aside`; undefined where it may. */
  async keepsFromRetiring(kid: string): Promise<UsherError | undefined> {
    const key = (await this.status()).find((one) => one.kid === kid);
    if (key === undefined) return new UsherError("key-unknown", { kid });
    if (key.primary) return new UsherError("key-primary", { kid });
    const { wraps: count, unreadable, needed } = key;
    if (count > 0)
      return new UsherError("key-in-use", {
        ...{ kid, count, rewrap: count > unreadable, damaged: unreadable || undefined },
      });
    return needed ? new UsherError("data-key-put-aside", { kid }) : undefined;
  }

  /** Takes a key that nothing needs out of the ring. Rejects with what keeps it there, and as `KeyRing.add` does. */
  retire(kid: string): Promise<void> {
    return this.#queue.inTurn(TURN, async () => {
      const reason = await this.keepsFromRetiring(kid);
      if (reason !== undefined) throw reason;
      await this.#deps.ring.remove(kid);
    });
  }

  async #counted(): Promise<Pick<KeyRingFacts, "keys" | "unreadable">> {
    const { documents, ring } = this.#deps;
    const wraps = new Map<string, number>();
    const damaged = new Map<string, number>();
    const aside = await documents.countPutAside(dataKeyDocument);
    let unreadable = aside;
    for await (const { id, document } of documents.scan(dataKeyDocument)) {
      const kid = kidOf(document.wrapped);
      wraps.set(kid, (wraps.get(kid) ?? 0) + 1);
      if (faultOf(ring, document.wrapped, boundTo(id)) === undefined) continue;
      damaged.set(kid, (damaged.get(kid) ?? 0) + 1);
      unreadable += 1;
    }
    const keys = ring.kids.map((kid) => ({
      ...{ kid, primary: kid === ring.primary, wraps: wraps.get(kid) ?? 0 },
      ...{ unreadable: damaged.get(kid) ?? 0, needed: wraps.has(kid) || aside > 0 },
    }));
    return { keys, unreadable };
  }
}

function boundTo(person: string): Bound {
  return ["data key", person];
}

function faultOf(ring: KeyRing, wrapped: string, bound: Bound): UsherError | undefined {
  try {
    ring.unwrap(wrapped, bound);
    return undefined;
  } catch (error) {
    if (error instanceof UsherError) return error;
    throw error;
  }
}
