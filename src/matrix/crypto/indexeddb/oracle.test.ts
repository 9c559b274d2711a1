import { inspect } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { IDBCursorWithValue } from "./cursor.ts";
import type { IDBDatabase } from "./database.ts";
import type { IDBFactory } from "./factory.ts";
import { IDBKeyRange } from "./keyRange.ts";
import type { IDBObjectStore } from "./objectStore.ts";
import type { IDBRequest } from "./request.ts";
import { openSqliteIndexedDb } from "./sqliteIndexedDb.ts";
import {
  furnished,
  indexes,
  session,
  type Call,
  type Operation,
  type Query,
  type Session,
  type Transaction,
} from "./testPlans.ts";
import { oracle, temporaryFile } from "./testStore.ts";
import type { IDBTransaction } from "./transaction.ts";

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
function make(
  world: World,
  transaction: IDBTransaction,
  { store, operation, caught }: Call,
  log: string[],
): Promise<void> {
  return new Promise((resolve) => {
    const request = attempt(log, operation.kind, () =>
      start(world, transaction.objectStore(store), operation),
    );
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
      log.push(
        cursor
          ? `cursor at ${show([cursor.key, cursor.primaryKey, cursor.value])}`
          : "cursor ended",
      );
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
          followed.onsuccess = () =>
            log.push(`${String(step?.kind)} gave ${show(followed.result)}`);
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
  const transaction = attempt(log, "transaction", () =>
    db.transaction([...db.objectStoreNames], plan.mode),
  );
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
  if (plan.ending !== "auto")
    attempt(log, plan.ending, () =>
      plan.ending === "commit" ? transaction.commit() : transaction.abort(),
    );
  await end;
  return log;
}

function upgrade(world: World, request: IDBRequest, plan: Session, log: string[]): void {
  const db = request.result as IDBDatabase;
  const transaction = request.transaction as IDBTransaction;
  for (const change of plan.changes) {
    if (change.kind === "createStore")
      attempt(log, change.kind, () => db.createObjectStore(change.store));
    else if (change.kind === "deleteStore")
      attempt(log, change.kind, () => db.deleteObjectStore(change.store));
    else if (change.kind === "call") void make(world, transaction, change.call, log);
    else {
      const index = indexes[change.index];
      attempt(log, change.kind, () =>
        transaction
          .objectStore(change.store)
          .createIndex(change.index, index?.path ?? "", { unique: index?.unique === true }),
      );
    }
  }
  transaction.oncomplete = () => log.push("upgraded");
  transaction.onabort = () =>
    log.push(
      `upgrade aborted ${String(transaction.error?.name)} ${String(db.version)} ${show([...db.objectStoreNames])}`,
    );
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
    const logs = await Promise.all(
      batch.map((transaction) => runTransaction(world, db, transaction)),
    );
    log.push(...logs.flatMap((lines, i) => lines.map((line) => `${String(i)}: ${line}`)));
  }
  db.close();
  return log;
}

async function observe(world: World, sessions: readonly Session[]): Promise<string[][]> {
  const logs: string[][] = [];
  for (const session of sessions) {
    logs.push(await runSession(world, session));
    await world.restart();
  }
  return logs;
}

it(
  "shows what another IndexedDB shows, over upgrades, transactions, cursors, aborts and restarts",
  { timeout: 120_000 },
  async () => {
    let seen = "";
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(session, { minLength: 1, maxLength: 4 }),
        async (full, random) => {
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
          const theirs: World = {
            factory: new oracle.IDBFactory(),
            ranges: oracle.IDBKeyRange,
            restart: () => Promise.resolve(),
          };
          const shown = await observe(ours, sessions);
          const expected = await observe(theirs, sessions);
          await store.close();
          seen += expected.flat().join("\n");
          expect(shown).toEqual(expected);
        },
      ),
      { numRuns: 120 },
    );
    // The sequences did reach what they are for.
    for (const event of [
      "cursor at",
      "update gave",
      "delete gave",
      "write failed ConstraintError",
      "upgrade aborted",
      "complete",
      "abort",
    ])
      expect(seen).toContain(event);
  },
);
