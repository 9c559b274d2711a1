import { deepFreeze } from "../../src/kernel/freeze.ts";
import {
  peopleIn,
  unmarkedPeople,
  type Documents,
  type DocumentType,
} from "../../src/store/documents.ts";
import { sealEnvelope } from "../../src/store/envelope.ts";

/** Documents that live as long as the test. Those of the product are in src/store. */
export function memoryDocuments(): Documents {
  const kinds = new Map<string, Map<string, object>>();
  const of = <T extends object>({ kind }: DocumentType<T>): Map<string, T> => {
    const known = kinds.get(kind) ?? new Map<string, object>();
    kinds.set(kind, known);
    return known as Map<string, T>;
  };
  return {
    get: (type, id) => Promise.resolve(of(type).get(id)),
    update: async (type, id, change) => {
      // A store answers later; whoever forgets to wait should notice here too.
      await Promise.resolve();
      const current = of(type).get(id) ?? deepFreeze(type.empty(id));
      const next = change(current);
      if (next === current) return current;
      const { document } = sealEnvelope(type, id, next);
      const [forgotten] = unmarkedPeople(type, document);
      if (forgotten !== undefined)
        throw new Error(
          `${type.kind}.${forgotten.path.join(".")} holds somebody's id, and its schema does not say person(…)`,
        );
      of(type).set(id, document);
      return document;
    },
    delete: (type, id) => Promise.resolve(of(type).delete(id)),
    deleteFormer: () => Promise.resolve(),
    async *scan(type) {
      // A store reads each anew: what is in it is equal to what was read before, and not the same object.
      for (const [id, document] of of(type))
        yield await Promise.resolve({ id, document: deepFreeze(structuredClone(document)) });
    },
    async *aboutPerson(type, person) {
      for (const [id, document] of of(type))
        if (peopleIn(type, document).has(person)) yield await Promise.resolve({ id, document });
    },
    countPutAside: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
}

/** The same, where each change can fail. `fail`: asked before it, with `update` or `delete` and the kind of document. */
export function failingDocuments(stored: Documents, fail: (what: string) => void): Documents {
  return {
    ...stored,
    update: async (type, id, change) => {
      fail(`update ${type.kind}`);
      return stored.update(type, id, change);
    },
    delete: async (type, id) => {
      fail(`delete ${type.kind}`);
      return stored.delete(type, id);
    },
  };
}
