import { IDBCursorWithValue } from "./cursor.ts";
import { exception } from "./exception.ts";
import { boundsOf, type Bounds } from "./keyRange.ts";
import { decodeKey } from "./keys.ts";
import type { IDBRequest } from "./request.ts";
import { countRows, selectRows, type Source } from "./rows.ts";
import type { StoreView, TransactionView } from "./views.ts";
import { decodeValue } from "./values.ts";

/** What a store and an index have in common. A query is a key, a range, or (but for `get`) nothing at all for everything. */
export abstract class Readable {
  readonly transaction: TransactionView;

  constructor(transaction: TransactionView) {
    this.transaction = transaction;
  }

  /** The store itself, or the one an index belongs to. */
  protected abstract store(): StoreView;

  /** The first value in the bounds, or undefined. */
  get(query: unknown): IDBRequest {
    return this.#read(boundsOf(query, false), (rows, bounds) => {
      const [row] = selectRows(this.transaction.file, rows, bounds, 1);
      return row && decodeValue(row.value);
    });
  }

  /** Values in order; at most `limit`, where 0 stands for all. */
  getAll(query?: unknown, limit = 0): IDBRequest {
    return this.#read(boundsOf(query, true), (rows, bounds) =>
      selectRows(this.transaction.file, rows, bounds, limit).map((row) => decodeValue(row.value)),
    );
  }

  /** Primary keys in order; at most `limit`, where 0 stands for all. */
  getAllKeys(query?: unknown, limit = 0): IDBRequest {
    return this.#read(boundsOf(query, true), (rows, bounds) =>
      selectRows(this.transaction.file, rows, bounds, limit).map((row) => decodeKey(row.record)),
    );
  }

  count(query?: unknown): IDBRequest {
    return this.#read(boundsOf(query, true), (rows, bounds) =>
      countRows(this.transaction.file, rows, bounds),
    );
  }

  /** Goes forward only: other directions are refused with NotSupportedError. */
  openCursor(query?: unknown, direction = "next"): IDBRequest {
    if (direction !== "next") throw exception("NotSupportedError", "cursors go forward only");
    const rows = this.rows();
    const all = boundsOf(query, true);
    const { file, mode } = this.transaction;
    const paged = mode === "readonly" && rows.index === undefined;
    const bounds = paged ? file.onPage(rows.store, all) : all;
    const request = this.#read(bounds, () => cursor.step());
    const cursor = new IDBCursorWithValue(this, this.store(), rows, bounds, request);
    return request;
  }

  /** Where the rows are. Throws InvalidStateError where that has been deleted. Only this folder calls it. */
  abstract rows(): Source;

  #read(bounds: Bounds, run: (rows: Source, bounds: Bounds) => unknown): IDBRequest {
    const rows = this.rows();
    return this.transaction.request(this, () => run(rows, bounds));
  }
}
