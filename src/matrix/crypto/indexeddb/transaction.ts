import type { ConnectionView, TransactionView } from "./views.ts";
import { asException, exception } from "./exception.ts";
import type { SqliteFile } from "./file.ts";
import { queueTask, type Turn } from "./lane.ts";
import { NameList } from "./nameList.ts";
import { IDBObjectStore } from "./objectStore.ts";
import { dispatch, IDBEvent, IDBRequest, type Handler } from "./request.ts";
import type { DatabaseSchema } from "./schema.ts";

export type TransactionMode = "readonly" | "readwrite" | "versionchange";

/** One operation in order; without a request it is the store's own (filling an index, telling of an upgrade). */
interface Step {
  readonly request?: IDBRequest;
  readonly run: () => unknown;
}

/**
 * `IDBTransaction` of IndexedDB 3.0, section 4.10. Each step has a turn of the event loop of its own; when a turn finds none left, the
 * transaction commits, and only then tells `complete`. It takes requests until that turn, so also from timers in between, where a browser would refuse.
 */
export class IDBTransaction implements Turn, TransactionView {
  oncomplete: Handler = null;
  onabort: Handler = null;
  onerror: Handler = null;
  error: DOMException | null = null;
  readonly db: ConnectionView;
  readonly mode: TransactionMode;
  readonly file: SqliteFile;
  /** Resolves when `complete` or `abort` has been told; true for `complete`. */
  readonly ended: Promise<boolean>;
  readonly #end: (complete: boolean) => void;
  readonly #names: readonly string[];
  readonly #before: DatabaseSchema;
  readonly #stores = new Map<number, IDBObjectStore>();
  readonly #steps: Step[] = [];
  #state: "active" | "committing" | "finished" = "active";
  #started = false;

  constructor(
    db: ConnectionView,
    file: SqliteFile,
    mode: TransactionMode,
    names: readonly string[],
  ) {
    this.db = db;
    this.file = file;
    this.mode = mode;
    this.#names = names;
    this.#before = db.schema;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.ended = promise;
    this.#end = resolve;
  }

  get shared(): boolean {
    return this.mode === "readonly";
  }

  get objectStoreNames(): NameList {
    return this.mode === "versionchange" ? this.db.objectStoreNames : NameList.sorted(this.#names);
  }

  objectStore(name: string): IDBObjectStore {
    this.checkUnfinished();
    const store = this.objectStoreNames.contains(name)
      ? this.db.schema.stores.find((one) => one.name === name)
      : undefined;
    if (!store) throw exception("NotFoundError", "the transaction has no such store");
    let handle = this.#stores.get(store.id);
    if (!handle) this.#stores.set(store.id, (handle = new IDBObjectStore(this, store.id)));
    return handle;
  }

  /** Commits once the requests made so far are done, without waiting for more. */
  commit(): void {
    if (this.#state !== "active")
      throw exception("InvalidStateError", "the transaction is committing or has finished");
    this.#state = "committing";
  }

  /** Undoes everything; requests not yet done fail with AbortError. For a reader nothing but its place in the order has to be given up. */
  abort(): void {
    if (this.#state !== "active")
      throw exception("InvalidStateError", "the transaction is committing or has finished");
    this.#abort(null);
  }

  /** Throws TransactionInactiveError where no more requests are taken. Only this folder calls what follows. */
  checkActive(): void {
    if (this.#state !== "active")
      throw exception("TransactionInactiveError", "the transaction takes no more requests");
  }

  /** Throws also ReadOnlyError. */
  checkWritable(): void {
    this.checkActive();
    if (this.mode === "readonly") throw exception("ReadOnlyError", "the transaction only reads");
  }

  checkUpgrade(): void {
    if (this.mode !== "versionchange")
      throw exception("InvalidStateError", "only an upgrade changes stores and indexes");
    this.checkActive();
  }

  checkUnfinished(): void {
    if (this.#state === "finished")
      throw exception("InvalidStateError", "the transaction has finished");
  }

  /** Puts an operation last in order. `again` is the request of a cursor that goes on. */
  request(source: object, run: () => unknown, again?: IDBRequest): IDBRequest {
    this.checkActive();
    const request = again ?? new IDBRequest(source, this);
    this.#steps.push({ request, run });
    return request;
  }

  /** As `request`, for the store's own operations: where one throws, the transaction aborts with that error. */
  also(run: () => void): void {
    this.#steps.push({ run });
  }

  start(): void {
    this.#started = true;
    this.#queueStep();
  }

  #queueStep(): void {
    queueTask(() => {
      this.#step();
    });
  }

  #step(): void {
    if (this.#state === "finished") return;
    const step = this.#steps.shift();
    if (!step) {
      this.#complete();
      return;
    }
    try {
      const result = step.run();
      if (step.request) this.#succeed(step.request, result);
    } catch (error) {
      if (step.request) this.#fail(step.request, error);
      else this.#abort(asException(error));
    }
    this.#queueStep();
  }

  #succeed(request: IDBRequest, result: unknown): void {
    request.settle(result, null);
    const calm = dispatch(new IDBEvent("success", request), {
      handler: request.onsuccess,
      self: request,
    });
    if (!calm) this.#abort(exception("AbortError", "a handler threw"));
  }

  #fail(request: IDBRequest, cause: unknown): void {
    const error = asException(cause);
    request.settle(undefined, error);
    const event = new IDBEvent("error", request);
    const calm = this.#bubbleError(event, request);
    // What IndexedDB itself refuses (a key that is taken) has changed nothing and may be forgiven; SQLite may have undone all that came before.
    const forgiven = event.defaultPrevented && cause instanceof DOMException;
    if (!calm) this.#abort(exception("AbortError", "a handler threw"));
    else if (!forgiven) this.#abort(error);
  }

  #bubbleError(event: IDBEvent, request: IDBRequest): boolean {
    return dispatch(
      event,
      { handler: request.onerror, self: request },
      { handler: this.onerror, self: this },
      { handler: this.db.onerror, self: this.db },
    );
  }

  #complete(): void {
    try {
      if (this.mode === "versionchange") this.file.writeSchema(this.db.name, this.db.schema);
      if (!this.shared) this.file.commit();
    } catch (error) {
      this.#abort(asException(error));
      return;
    }
    if (this.mode === "versionchange") this.file.adoptSchema(this.db.name, this.db.schema);
    this.#state = "finished";
    dispatch(new IDBEvent("complete", this), { handler: this.oncomplete, self: this });
    this.#end(true);
  }

  #abort(error: DOMException | null): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.error = error;
    if (this.mode === "versionchange") this.db.schema = this.#before;
    try {
      // Before its start the file is another's.
      if (this.#started && !this.shared) this.file.rollback();
    } finally {
      for (const { request } of this.#steps.splice(0))
        if (request) queueTask(() => this.#failAborted(request));
      queueTask(() => {
        dispatch(
          new IDBEvent("abort", this),
          { handler: this.onabort, self: this },
          { handler: this.db.onabort, self: this.db },
        );
        this.#end(false);
      });
    }
  }

  #failAborted(request: IDBRequest): void {
    request.settle(undefined, exception("AbortError", "the transaction was aborted"));
    this.#bubbleError(new IDBEvent("error", request), request);
  }
}
