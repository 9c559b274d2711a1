import { exception } from "./exception.ts";
import type { StoreView } from "./views.ts";
import { Readable } from "./readable.ts";
import type { Source } from "./rows.ts";
import type { IndexSchema } from "./schema.ts";

/** `IDBIndex` of IndexedDB 3.0, section 4.6. */
export class IDBIndex extends Readable {
  readonly objectStore: StoreView;
  readonly #index: IndexSchema;

  constructor(objectStore: StoreView, index: IndexSchema) {
    super(objectStore.transaction);
    this.objectStore = objectStore;
    this.#index = index;
  }

  protected override store(): StoreView {
    return this.objectStore;
  }

  override rows(): Source {
    const store = this.transaction.db.schema.stores.find((one) =>
      one.indexes.some((index) => index.id === this.#index.id),
    );
    if (!store) throw exception("InvalidStateError", "the index has been deleted");
    return { store: store.id, index: this.#index.id };
  }
}
