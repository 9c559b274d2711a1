/** As much of an IndexedDB factory as the WebAssembly looks for. */
interface StoreFactory {
  open(name: string, version?: number): unknown;
}

const factories = new Map<string, StoreFactory>();

/** Stands where a browser has `indexedDB`. The library opens `<store>::<database>`: the store says whose factory it is, the database is its own. */
const router: StoreFactory = {
  open: (name, version) => {
    const split = name.indexOf("::");
    const factory = factories.get(name.slice(0, split));
    if (factory === undefined)
      throw new Error("an encryption store was opened that nobody registered");
    const database = name.slice(split + 2);
    return version === undefined ? factory.open(database) : factory.open(database, version);
  },
};

/**
 * Makes a store findable for the WebAssembly under a name, until the returned function is called. The library looks in the global object,
 * so there is one such place for all engines of a process; the interface classes it checks answers against must be there already.
 */
export function registerStore(name: string, factory: StoreFactory): () => void {
  Object.assign(globalThis, { indexedDB: router });
  factories.set(name, factory);
  return () => {
    factories.delete(name);
  };
}
