/** As much of an IndexedDB factory as the WebAssembly looks for: it calls `open` with the names below, and nothing else. */
export interface StoreFactory {
  open(name: string, version?: number): unknown;
}

const factories = new Map<string, StoreFactory>();

/** Stands where a browser has `indexedDB`, and sends each name to the store that was registered for it. */
const router: StoreFactory = {
  open: (name, version) => {
    // The library opens `<store>::matrix-sdk-crypto` and `<store>::matrix-sdk-crypto-meta`.
    const factory = factories.get(name.split("::")[0] ?? name);
    if (factory === undefined) throw new Error("an encryption store was opened that nobody registered");
    return version === undefined ? factory.open(name) : factory.open(name, version);
  },
};

/**
 * Makes the store findable for the WebAssembly under this name, until the returned function is called. `classes` are the interface
 * classes it checks its answers against (`IDBRequest`, `IDBDatabase` …); they are the same for every store of one kind.
 */
export function registerStore(name: string, factory: StoreFactory, classes: Readonly<Record<string, unknown>>): () => void {
  Object.assign(globalThis, classes, { indexedDB: router });
  factories.set(name, factory);
  return () => {
    factories.delete(name);
  };
}
