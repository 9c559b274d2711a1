import { exception } from "./exception.ts";
import { boundsOf, type Bounds } from "./keyRange.ts";
import { decodeKey, type Key } from "./keys.ts";
import type { SourceView, StoreView } from "./views.ts";
import type { IDBRequest } from "./request.ts";
import { selectRows, type Row, type Source } from "./rows.ts";
import { decodeValue } from "./values.ts";

/** `IDBCursor` of IndexedDB 3.0, section 4.8, forward only. */
export class IDBCursor {
  readonly source: SourceView;
  readonly request: IDBRequest;
  readonly direction = "next";
  readonly #store: StoreView;
  readonly #rows: Source;
  readonly #bounds: Bounds;
  /** Where the cursor last stood; it goes on from there even when that record is gone. */
  #last: Row | undefined;
  /** Undefined while it moves and after the end. */
  #here: { readonly key: Key; readonly primaryKey: Key } | undefined;

  constructor(
    source: SourceView,
    store: StoreView,
    rows: Source,
    bounds: Bounds,
    request: IDBRequest,
  ) {
    this.source = source;
    this.#store = store;
    this.#rows = rows;
    this.#bounds = bounds;
    this.request = request;
  }

  get key(): Key | undefined {
    return this.#here?.key;
  }

  get primaryKey(): Key | undefined {
    return this.#here?.primaryKey;
  }

  /** Moves to the next record. Moving to a given key is refused with NotSupportedError. */
  continue(key?: unknown): void {
    if (key !== undefined) throw exception("NotSupportedError", "cursors go on by one record only");
    this.#store.transaction.checkActive();
    this.source.rows();
    this.#checkHere();
    this.#here = undefined;
    this.request.reopen();
    this.#store.transaction.request(this.source, () => this.step(), this.request);
  }

  update(value: unknown): IDBRequest {
    this.#store.transaction.checkWritable();
    return this.#store.write(this, value, this.#checkHere().primaryKey, "replace");
  }

  delete(): IDBRequest {
    this.#store.transaction.checkWritable();
    const { primaryKey } = this.#checkHere();
    return this.#store.erase(this, () => boundsOf(primaryKey, false));
  }

  /** Only this folder calls it. Answers itself on the next record, or null at the end. */
  step(): this | null {
    const [row] = selectRows(this.#store.transaction.file, this.#rows, this.#bounds, 1, this.#last);
    if (!row) return null;
    this.#last = row;
    this.#here = { key: decodeKey(row.key), primaryKey: decodeKey(row.record) };
    this.arrived(row);
    return this;
  }

  protected arrived(_row: Row): void {}

  #checkHere() {
    if (!this.#here) throw exception("InvalidStateError", "the cursor is moving or at its end");
    return this.#here;
  }
}

export class IDBCursorWithValue extends IDBCursor {
  #value: unknown;

  get value(): unknown {
    return this.#value;
  }

  protected override arrived(row: Row): void {
    this.#value = decodeValue(row.value);
  }
}
