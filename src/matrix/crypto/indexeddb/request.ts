import { exception } from "./exception.ts";

/** What happened to a request, a transaction or a database. Only `on…` handlers are told: nothing here has addEventListener. */
export class IDBEvent {
  readonly type: string;
  readonly target: object;
  defaultPrevented = false;

  constructor(type: string, target: object) {
    this.type = type;
    this.target = target;
  }

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class IDBVersionChangeEvent extends IDBEvent {
  readonly oldVersion: number;
  readonly newVersion: number;

  constructor(type: string, target: object, oldVersion: number, newVersion: number) {
    super(type, target);
    this.oldVersion = oldVersion;
    this.newVersion = newVersion;
  }
}

export type Handler<E extends IDBEvent = IDBEvent> = ((event: E) => void) | null;

/**
 * Calls the handlers that an event reaches, in order. Answers false where one threw; the exception is thrown again outside, as a browser would
 * report it, because the caller of a handler has nobody else to tell.
 */
export function dispatch<E extends IDBEvent>(
  event: E,
  ...path: readonly { handler: Handler<E>; self: object }[]
): boolean {
  let calm = true;
  for (const { handler, self } of path) {
    try {
      handler?.call(self, event);
    } catch (error) {
      calm = false;
      queueMicrotask(() => {
        throw error;
      });
    }
  }
  return calm;
}

/** `IDBRequest` of IndexedDB 3.0, section 4.1. */
export class IDBRequest {
  onsuccess: Handler = null;
  onerror: Handler = null;
  readonly source: object | null;
  transaction: object | null;
  #state: "pending" | "done" = "pending";
  #result: unknown = undefined;
  #error: DOMException | null = null;

  constructor(source: object | null, transaction: object | null) {
    this.source = source;
    this.transaction = transaction;
  }

  get readyState(): "pending" | "done" {
    return this.#state;
  }

  get result(): unknown {
    if (this.#state === "pending") throw exception("InvalidStateError", "the request is not done");
    return this.#result;
  }

  get error(): DOMException | null {
    if (this.#state === "pending") throw exception("InvalidStateError", "the request is not done");
    return this.#error;
  }

  /** Only this folder calls what follows. */
  settle(result: unknown, error: DOMException | null): void {
    this.#state = "done";
    this.#result = result;
    this.#error = error;
  }

  /** A cursor's request waits again for each `continue`. */
  reopen(): void {
    this.#state = "pending";
    this.#result = undefined;
    this.#error = null;
  }
}

/** The request that opens a database; `blocked` is told where other connections keep an upgrade waiting. */
export class IDBOpenDBRequest extends IDBRequest {
  onupgradeneeded: Handler<IDBVersionChangeEvent> = null;
  onblocked: Handler<IDBVersionChangeEvent> = null;

  constructor() {
    super(null, null);
  }
}
