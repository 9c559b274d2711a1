import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { StatementSync, type SQLInputValue, type StatementResultingChanges } from "node:sqlite";
import { expect, it, vi } from "vitest";
import type { IDBDatabase } from "./database.ts";
import type { IDBFactory } from "./factory.ts";
import { IDBKeyRange } from "./keyRange.ts";
import type { FilePath } from "../../../privacy/declared.ts";
import { done, openDatabase, temporaryFile, temporaryStore } from "./testStore.ts";

const library = new URL("sqliteIndexedDb.ts", import.meta.url).href;

/** Writes one number after another into two stores, in one transaction each, and says what it was told is complete; goes on while
 * it is answered true. Also runs alone, in a child. */
function write(factory: IDBFactory, from: number, more: (word: string) => boolean): void {
  const request = factory.open("test", 2);
  request.onupgradeneeded = () => {
    const db = request.result as IDBDatabase;
    const left = db.createObjectStore("left");
    db.createObjectStore("right").createIndex("parity", "parity");
    for (let i = 0; i < 3; i++) left.put("old", "old" + String(i));
  };
  request.onsuccess = () => {
    if (more("open")) next(from);
  };
  function next(n: number): void {
    const transaction = (request.result as IDBDatabase).transaction(["left", "right"], "readwrite");
    const [left, right] = [transaction.objectStore("left"), transaction.objectStore("right")];
    left.put({ n, filling: "x".repeat(3000) }, n);
    right.put({ n, parity: n % 2 }, n);
    left.delete(n - 100);
    right.delete(n - 100);
    transaction.oncomplete = () => {
      if (more(String(n))) next(n + 1);
    };
  }
}

/** Lets a process write until it has said so many words, then kills it. Answers all it said. */
async function run(path: string, from: number, until: number): Promise<string[]> {
  const code = `
    import { writeSync } from "node:fs";
    import { openSqliteIndexedDb } from ${JSON.stringify(library)};
    const write = ${write.toString()};
    write(openSqliteIndexedDb(${JSON.stringify(path)}).factory, ${String(from)}, (word) => writeSync(1, word + "\\n") > 0);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout }))
    if (said.push(line) === until) child.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);
  return said;
}

/** What was said to be complete is there, both halves of it, and of what came after nothing or all. Answers the last number written. */
async function check(path: FilePath, said: readonly string[]): Promise<number> {
  const store = temporaryStore(path);
  const db = await openDatabase(store.factory);
  if (said.includes("open"))
    expect([db.version, [...db.objectStoreNames]]).toEqual([2, ["left", "right"]]);
  if (!db.objectStoreNames.contains("left")) {
    await store.close();
    return 0;
  }
  expect(
    await done(db.transaction("left").objectStore("left").getAllKeys(IDBKeyRange.lowerBound(""))),
  ).toEqual(["old0", "old1", "old2"]);
  const numbers = await keys(db, "left");
  const last = numbers.at(-1) ?? 0;
  const first = Math.max(1, last - 99);
  expect(numbers).toEqual(Array.from({ length: last - first + 1 }, (_, i) => first + i));
  expect(await keys(db, "right")).toEqual(numbers);
  const index = db.transaction("right").objectStore("right").index("parity");
  expect(await done(index.getAllKeys())).toEqual([
    ...numbers.filter((n) => n % 2 === 0),
    ...numbers.filter((n) => n % 2 === 1),
  ]);
  expect(last).toBeGreaterThanOrEqual(Number(said.filter((word) => word !== "open").at(-1) ?? 0));
  await store.close();
  return last;
}

const keys = (db: IDBDatabase, name: string) =>
  done<number[]>(
    db.transaction(name).objectStore(name).getAllKeys(IDBKeyRange.upperBound(Infinity)),
  );

it("has what was complete, and nothing by halves, on the disk before and after every statement", async () => {
  const path = temporaryFile();
  const said: string[] = [];
  const states: { readonly path: FilePath; readonly said: readonly string[] }[] = [];
  // What a process leaves behind when it is killed is what the file system has at that moment.
  const keep = () => {
    const copy = temporaryFile();
    mkdirSync(dirname(copy));
    for (const end of ["", "-wal"])
      if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    states.push({ path: copy, said: [...said] });
  };
  const run = StatementSync.prototype.run as (
    ...values: SQLInputValue[]
  ) => StatementResultingChanges;
  vi.spyOn(StatementSync.prototype as { run: typeof run }, "run").mockImplementation(function (
    this: StatementSync,
    ...values
  ) {
    keep();
    const result = run.apply(this, values);
    keep();
    return result;
  });
  const { factory } = temporaryStore(path);
  await new Promise<void>((resolve) => {
    write(factory, 1, (word) => {
      said.push(word);
      if (word === "3") resolve();
      return word !== "3";
    });
  });
  vi.restoreAllMocks();
  expect(states.length).toBeGreaterThan(40);
  const found = new Set<number>();
  for (const state of states) found.add(await check(state.path, state.said));
  expect([...found]).toEqual([0, 1, 2, 3]);
});

it(
  "keeps what was complete when killed again and again in the middle of writing",
  { timeout: 60_000 },
  async () => {
    const path = temporaryFile();
    let last = 0;
    for (let round = 0; round < 6; round++) {
      const until = 2 + ((round * 13) % 30);
      const ran = await run(path, last + 1, until);
      last = await check(path, ran);
    }
    expect(last).toBeGreaterThan(50);
  },
);

it("gives up what the disk has no room for, and works on with what it has", async () => {
  const path = temporaryFile();
  const code = `
    import { openSqliteIndexedDb } from ${JSON.stringify(library)};
    const request = openSqliteIndexedDb(${JSON.stringify(path)}).factory.open("test", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("s");
    request.onsuccess = async () => {
      for (const [key, size] of [["small", 10], ["large", 500_000], ["larger", 900_000], ["next", 10]]) {
        const transaction = request.result.transaction("s", "readwrite");
        transaction.objectStore("s").put("x".repeat(size), key);
        await new Promise((resolve) => {
          for (const end of ["complete", "abort"]) transaction["on" + end] = () => resolve(console.log(key, end, transaction.error?.name ?? ""));
        });
      }
    };
  `;
  // The limit on the size of files (200 blocks of 512 or 1024 bytes) stands for a full disk.
  const child = spawn(
    "sh",
    ["-c", 'ulimit -f 200; exec "$0" --input-type=module -e "$1"', process.execPath, code],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(line);
  expect(said).toEqual([
    "small complete ",
    "large abort UnknownError",
    "larger abort UnknownError",
    "next complete ",
  ]);
  const db = await openDatabase(temporaryStore(path).factory);
  expect(await done(db.transaction("s").objectStore("s").getAllKeys())).toEqual(["next", "small"]);
});
