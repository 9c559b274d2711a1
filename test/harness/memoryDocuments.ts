import type { Documents, DocumentType } from "../../src/store/documents.ts";

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
    update: (type, id, change) => {
      const next = type.schema.parse(change(of(type).get(id) ?? type.empty(id)));
      of(type).set(id, next);
      return Promise.resolve(next);
    },
    delete: (type, id) => Promise.resolve(of(type).delete(id)),
    async *scan(type) {
      for (const [id, document] of of(type)) yield await Promise.resolve({ id, document });
    },
    async *aboutPerson(type, person) {
      for (const [id, document] of of(type)) if (type.people(document).includes(person)) yield await Promise.resolve({ id, document });
    },
    close: () => Promise.resolve(),
  };
}
