/** What somebody says differently of an object, beside what it says: only what is named changes; lists are replaced as a whole. */
export function merged(
  object: object,
  changes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const before = object as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(changes).map(([key, value]) => {
      const was = before[key];
      // Who runs something is said as a whole.
      const both = isRecord(value) && isRecord(was) && key !== "host";
      return [key, both ? { ...was, ...merged(was, value) } : value];
    }),
  );
}

/** The same for each of several objects, by their ids. */
export function mergedEach(
  objects: Readonly<Record<string, object>>,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return Object.fromEntries(
    Object.entries(changes).map(([id, change]) => {
      const before = Object.hasOwn(objects, id) ? (objects[id] ?? {}) : {};
      return [id, { ...before, ...merged(before, change) }];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
