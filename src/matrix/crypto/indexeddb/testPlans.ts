import fc from "fast-check";
import type { KeyPath } from "./keys.ts";

// Few keys and names, so that operations meet.
const goodKey = fc.constantFrom<unknown>(
  -1.5, 0, 1, 2, Infinity, "", "a", "ab", "b", "é", "\ud83d\ude00", "\uffff", new Date(0), new Date(1),
  Uint8Array.of(0), Uint8Array.of(1, 255), [], ["a"], ["a", 1], [["a"]],
); // prettier-ignore
const anyKey = fc.oneof(
  { arbitrary: goodKey, weight: 12 },
  { arbitrary: fc.constantFrom<unknown>(NaN, null, undefined, [undefined]), weight: 1 },
);
const value = fc.record(
  {
    a: fc.oneof(anyKey, fc.string({ maxLength: 2 })),
    b: fc.constantFrom("x", "y", "z"),
    n: fc.record({ m: anyKey }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);
const storeName = fc.constantFrom("one", "two");
export const indexes: Readonly<Record<string, { path: KeyPath; unique: boolean }>> = {
  byA: { path: "a", unique: false },
  byB: { path: "b", unique: true },
  byAB: { path: ["a", "b"], unique: false },
  byM: { path: "n.m", unique: true },
};
const indexName = fc.constantFrom(...Object.keys(indexes));

const query = fc.oneof(
  fc.record({ kind: fc.constant("all" as const) }),
  fc.record({ kind: fc.constant("key" as const), key: anyKey }),
  fc.record({ kind: fc.constant("lower" as const), key: goodKey, open: fc.boolean() }),
  fc.record({ kind: fc.constant("upper" as const), key: goodKey, open: fc.boolean() }),
  fc.record({
    kind: fc.constant("bound" as const),
    key: goodKey,
    upper: goodKey,
    open: fc.boolean(),
    upperOpen: fc.boolean(),
  }),
);
export type Query = typeof query extends fc.Arbitrary<infer T> ? T : never;

const cursorStep = fc.oneof(
  fc.record({ kind: fc.constant("continue" as const) }),
  fc.record({ kind: fc.constant("update" as const), value }),
  fc.record({ kind: fc.constant("delete" as const) }),
);
const operation = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      how: fc.constantFrom("put" as const, "add" as const),
      key: anyKey,
      value,
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant("delete" as const), query }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("clear" as const) }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      how: fc.constantFrom(
        "get" as const,
        "getAll" as const,
        "getAllKeys" as const,
        "count" as const,
      ),
      query,
      limit: fc.nat(3),
      index: fc.option(indexName),
    }),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("cursor" as const),
      query,
      index: fc.option(indexName),
      steps: fc.array(cursorStep, { maxLength: 6 }),
    }),
    weight: 3,
  },
);
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const call = fc.record({ store: storeName, operation, caught: fc.boolean() });
const ending = fc.constantFrom(
  "auto" as const,
  "auto" as const,
  "commit" as const,
  "abort" as const,
);
const transaction = fc.record({
  mode: fc.constantFrom("readonly" as const, "readwrite" as const, "readwrite" as const),
  calls: fc.array(call, { maxLength: 6 }),
  chained: fc.boolean(),
  ending,
});
const change = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant("createStore" as const), store: storeName }),
    weight: 2,
  },
  {
    arbitrary: fc.record({ kind: fc.constant("deleteStore" as const), store: storeName }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("createIndex" as const),
      store: storeName,
      index: indexName,
    }),
    weight: 4,
  },
  { arbitrary: fc.record({ kind: fc.constant("call" as const), call }), weight: 2 },
);
export const session = fc.record({
  version: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  changes: fc.array(change, { maxLength: 6 }),
  ending: fc.constantFrom("auto" as const, "auto" as const, "auto" as const, "abort" as const),
  batches: fc.array(fc.array(transaction, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
});
export type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
export type Session = typeof session extends fc.Arbitrary<infer T> ? T : never;
export type Transaction = typeof transaction extends fc.Arbitrary<infer T> ? T : never;

/** Both stores with all indexes, so that most of what follows has something to meet. */
export const furnished: Session = {
  version: 1,
  changes: [
    ...(["one", "two"] as const).map((store) => ({ kind: "createStore" as const, store })),
    ...(["one", "two"] as const).flatMap((store) =>
      Object.keys(indexes).map((index) => ({ kind: "createIndex" as const, store, index })),
    ),
  ],
  ending: "auto",
  batches: [],
};
