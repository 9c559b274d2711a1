import { inspect } from "node:util";
import fc from "fast-check";
import { IDBFactory as FakeFactory, IDBKeyRange as FakeKeyRange } from "fake-indexeddb";
import { expect, it } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import type { IDBDatabase } from "./database.ts";
import type { IDBFactory } from "./factory.ts";
import { IDBKeyRange } from "./keyRange.ts";
import type { KeyPath } from "./keys.ts";
import type { IDBObjectStore } from "./objectStore.ts";
import type { IDBRequest } from "./request.ts";
import { openSqliteIndexedDb } from "./sqliteIndexedDb.ts";
import { temporaryFile } from "./testStore.ts";
import type { IDBTransaction } from "./transaction.ts";

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
const indexes: Readonly<Record<string, { path: KeyPath; unique: boolean }>> = {
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
  fc.record({ kind: fc.constant("bound" as const), key: goodKey, upper: goodKey, open: fc.boolean(), upperOpen: fc.boolean() }),
);
type Query = typeof query extends fc.Arbitrary<infer T> ? T : never;

const cursorStep = fc.oneof(
  fc.record({ kind: fc.constant("continue" as const) }),
  fc.record({ kind: fc.constant("update" as const), value }),
  fc.record({ kind: fc.constant("delete" as const) }),
);
const operation = fc.oneof(
  {
    arbitrary: fc.record({ kind: fc.constant("write" as const), how: fc.constantFrom("put" as const, "add" as const), key: anyKey, value }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant("delete" as const), query }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("clear" as const) }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      how: fc.constantFrom("get" as const, "getAll" as const, "getAllKeys" as const, "count" as const),
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
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const call = fc.record({ store: storeName, operation, caught: fc.boolean() });
const ending = fc.constantFrom("auto" as const, "auto" as const, "commit" as const, "abort" as const);
const transaction = fc.record({
  mode: fc.constantFrom("readonly" as const, "readwrite" as const, "readwrite" as const),
  calls: fc.array(call, { maxLength: 6 }),
  chained: fc.boolean(),
  ending,
});
const change = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("createStore" as const), store: storeName }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant("deleteStore" as const), store: storeName }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("createIndex" as const), store: storeName, index: indexName }), weight: 4 },
  { arbitrary: fc.record({ kind: fc.constant("call" as const), call }), weight: 2 },
);
const session = fc.record({
  version: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  changes: fc.array(change, { maxLength: 6 }),
  ending: fc.constantFrom("auto" as const, "auto" as const, "auto" as const, "abort" as const),
  batches: fc.array(fc.array(transaction, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type Session = typeof session extends fc.Arbitrary<infer T> ? T : never;
type Transaction = typeof transaction extends fc.Arbitrary<infer T> ? T : never;

/** One implementation of IndexedDB; `restart` may close and reopen what lies beneath. */
interface World {
  factory: IDBFactory;
  readonly ranges: typeof IDBKeyRange;
  restart(): Promise<void>;
}

const show = (what: unknown): string => inspect(what, { depth: 9, breakLength: Infinity });

/** Runs what may throw at once, and tells the exception's name if it does. */
function attempt<T>(log: string[], what: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    log.push(`${what} threw ${error instanceof Error ? error.name : show(error)}`);
    return undefined;
  }
}

function toQuery(world: World, query: Query): unknown {
  if (query.kind === "all") return undefined;
  if (query.kind === "key") return query.key;
  if (query.kind === "lower") return world.ranges.lowerBound(query.key, query.open);
  if (query.kind === "upper") return world.ranges.upperBound(query.key, query.open);
  return world.ranges.bound(query.key, query.upper, query.open, query.upperOpen);
}

/** Makes a request and resolves when it, or the last move of its cursor, is done. */
function make(world: World, transaction: IDBTransaction, { store, operation, caught }: Call, log: string[]): Promise<void> {
  return new Promise((resolve) => {
    const request = attempt(log, operation.kind, () => start(world, transaction.objectStore(store), operation));
    if (!request) {
      resolve();
      return;
    }
    request.onerror = (event) => {
      log.push(`${operation.kind} failed ${String(request.error?.name)}`);
      if (caught) event.preventDefault();
      resolve();
    };
    const steps = operation.kind === "cursor" ? [...operation.steps] : [];
    request.onsuccess = () => {
      if (operation.kind !== "cursor") {
        log.push(`${operation.kind} gave ${show(request.result)}`);
        resolve();
        return;
      }
      const cursor = request.result as IDBCursorWithValue | null;
      log.push(cursor ? `cursor at ${show([cursor.key, cursor.primaryKey, cursor.value])}` : "cursor ended");
      while (cursor && steps.length > 0) {
        const step = steps.shift();
        const followed = attempt(log, String(step?.kind), () => {
          if (step?.kind === "update") return cursor.update(step.value);
          if (step?.kind === "delete") return cursor.delete();
          cursor.continue();
          return undefined;
        });
        if (step?.kind === "continue" && request.readyState === "pending") return;
        if (followed) {
          followed.onsuccess = () => log.push(`${String(step?.kind)} gave ${show(followed.result)}`);
          followed.onerror = (event) => {
            log.push(`${String(step?.kind)} failed ${String(followed.error?.name)}`);
            if (caught) event.preventDefault();
          };
        }
      }
      resolve();
    };
  });

  function start(world: World, target: IDBObjectStore, operation: Operation): IDBRequest {
    if (operation.kind === "write") return target[operation.how](operation.value, operation.key);
    if (operation.kind === "clear") return target.clear();
    if (operation.kind === "delete") return target.delete(toQuery(world, operation.query));
    const source = operation.index === null ? target : target.index(operation.index);
    if (operation.kind === "cursor") return source.openCursor(toQuery(world, operation.query));
    const { how, limit } = operation;
    if (how === "get" || how === "count") return source[how](toQuery(world, operation.query));
    return source[how](toQuery(world, operation.query), limit);
  }
}

async function runTransaction(world: World, db: IDBDatabase, plan: Transaction): Promise<string[]> {
  const log: string[] = [];
  const transaction = attempt(log, "transaction", () => db.transaction([...db.objectStoreNames], plan.mode));
  if (!transaction) return log;
  const end = new Promise<void>((resolve) => {
    transaction.oncomplete = () => {
      log.push("complete");
      resolve();
    };
    transaction.onabort = () => {
      log.push(`abort ${String(transaction.error?.name)}`);
      resolve();
    };
  });
  for (const call of plan.calls) {
    const made = make(world, transaction, call, log);
    if (plan.chained) await made;
  }
  if (plan.ending !== "auto") attempt(log, plan.ending, () => (plan.ending === "commit" ? transaction.commit() : transaction.abort()));
  await end;
  return log;
}

function upgrade(world: World, request: IDBRequest, plan: Session, log: string[]): void {
  const db = request.result as IDBDatabase;
  const transaction = request.transaction as IDBTransaction;
  for (const change of plan.changes) {
    if (change.kind === "createStore") attempt(log, change.kind, () => db.createObjectStore(change.store));
    else if (change.kind === "deleteStore") attempt(log, change.kind, () => db.deleteObjectStore(change.store));
    else if (change.kind === "call") void make(world, transaction, change.call, log);
    else {
      const index = indexes[change.index];
      attempt(log, change.kind, () =>
        transaction.objectStore(change.store).createIndex(change.index, index?.path ?? "", { unique: index?.unique === true }),
      );
    }
  }
  transaction.oncomplete = () => log.push("upgraded");
  transaction.onabort = () =>
    log.push(`upgrade aborted ${String(transaction.error?.name)} ${String(db.version)} ${show([...db.objectStoreNames])}`);
  if (plan.ending === "abort") transaction.abort();
}

async function runSession(world: World, plan: Session): Promise<string[]> {
  const log: string[] = [];
  const request = world.factory.open("db", plan.version);
  request.onupgradeneeded = (event) => {
    log.push(`upgrade ${String(event.oldVersion)} ${String(event.newVersion)}`);
    upgrade(world, request, plan, log);
  };
  const db = await new Promise<IDBDatabase | undefined>((resolve) => {
    request.onsuccess = () => resolve(request.result as IDBDatabase);
    request.onerror = () => {
      log.push(`open failed ${String(request.error?.name)}`);
      resolve(undefined);
    };
  });
  if (!db) return log;
  log.push(`open ${String(db.version)} ${show([...db.objectStoreNames])}`);
  for (const batch of plan.batches) {
    const logs = await Promise.all(batch.map((transaction) => runTransaction(world, db, transaction)));
    log.push(...logs.flatMap((lines, i) => lines.map((line) => `${String(i)}: ${line}`)));
  }
  db.close();
  return log;
}

/** Both stores with all indexes, so that most of what follows has something to meet. */
const furnished: Session = {
  version: 1,
  changes: [
    ...(["one", "two"] as const).map((store) => ({ kind: "createStore" as const, store })),
    ...(["one", "two"] as const).flatMap((store) => Object.keys(indexes).map((index) => ({ kind: "createIndex" as const, store, index }))),
  ],
  ending: "auto",
  batches: [],
};

async function observe(world: World, sessions: readonly Session[]): Promise<string[][]> {
  const logs: string[][] = [];
  for (const session of sessions) {
    logs.push(await runSession(world, session));
    await world.restart();
  }
  return logs;
}

it("shows what another IndexedDB shows, over upgrades, transactions, cursors, aborts and restarts", { timeout: 120_000 }, async () => {
  let seen = "";
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(session, { minLength: 1, maxLength: 4 }), async (full, random) => {
      const sessions = full ? [furnished, ...random] : random;
      const path = temporaryFile();
      let store = openSqliteIndexedDb(path, { synchronous: "NORMAL" });
      const ours: World = {
        get factory() {
          return store.factory;
        },
        ranges: IDBKeyRange,
        restart: async () => {
          await store.close();
          store = openSqliteIndexedDb(path, { synchronous: "NORMAL" });
        },
      };
      const oracle: World = {
        factory: new FakeFactory() as unknown as IDBFactory,
        ranges: FakeKeyRange as unknown as typeof IDBKeyRange,
        restart: () => Promise.resolve(),
      };
      const shown = await observe(ours, sessions);
      const expected = await observe(oracle, sessions);
      await store.close();
      seen += expected.flat().join("\n");
      expect(shown).toEqual(expected);
    }),
    { numRuns: 200 },
  );
  // The sequences did reach what they are for.
  for (const event of ["cursor at", "update gave", "delete gave", "write failed ConstraintError", "upgrade aborted", "complete", "abort"])
    expect(seen).toContain(event);
});
