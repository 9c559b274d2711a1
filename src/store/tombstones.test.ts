import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { nodeFiles } from "../files/files.ts";
import { ManualClock } from "../kernel/clock.ts";
import { DAY_MS } from "../kernel/days.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Documents } from "./documents.ts";
import { Tombstones } from "./tombstones.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;

let folder: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-tombstones-"));
  clock = new ManualClock();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, "secrets", "data-erased");
const open = (documents: Documents): Tombstones =>
  new Tombstones({
    ...{ files: nodeFiles, path: path(), documents, clock },
    hash: (text) => Buffer.from(text).toString("hex"),
  });

describe("R27 tombstones", () => {
  it("stand outside the data directory, for their owner alone, and name nobody", async () => {
    const tombstones = open(memoryDocuments());
    await tombstones.set({
      person: ANN,
      erasure: "e1",
      only: { room: ROOM, kind: "widget", item: "the-board" },
    });
    const text = await readFile(path(), "utf8");
    expect(text).not.toContain("ann");
    expect(text).not.toContain(ROOM);
    expect(text).not.toContain("board");
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(await tombstones.unseen()).toEqual([]);
  });

  it("are unseen by a data directory that is older, in the order in which they were set", async () => {
    const present = open(memoryDocuments());
    await present.set({ person: ANN, erasure: "e1", only: {} });
    await present.set({ person: BOB, erasure: "e2", only: {} });
    const restored = open(memoryDocuments());
    const unseen = await restored.unseen();
    expect(unseen.map(({ who }) => who)).toEqual([
      restored.hashOfPerson(ANN),
      restored.hashOfPerson(BOB),
    ]);
    await restored.haveSeen(unseen);
    expect(await restored.unseen()).toEqual([]);
    expect(await restored.areLost()).toBe(false);
  });

  it("are one for each erasure, however often it is tried, and another for the next of the same person", async () => {
    const documents = memoryDocuments();
    const tombstones = open(documents);
    await tombstones.set({ person: ANN, erasure: "e1", only: {} });
    clock.advance(5);
    await tombstones.set({ person: ANN, erasure: "e1", only: {} });
    await tombstones.set({ person: ANN, erasure: "e2", only: {} });
    const all = await open(memoryDocuments()).unseen();
    expect(all.map(({ number, at }) => [number, at])).toEqual([
      [1, clock.now()],
      [2, clock.now()],
    ]);
  });

  it("go 60 days after the erasure, and their numbers are not used again", async () => {
    const documents = memoryDocuments();
    const tombstones = open(documents);
    await tombstones.set({ person: ANN, erasure: "e1", only: {} });
    clock.advance(60 * DAY_MS);
    await tombstones.sweep();
    expect(await open(memoryDocuments()).unseen()).toHaveLength(1);
    clock.advance(1);
    await tombstones.sweep();
    expect(await open(memoryDocuments()).unseen()).toEqual([]);
    expect(await tombstones.areLost()).toBe(false);
    await tombstones.set({ person: BOB, erasure: "e2", only: {} });
    expect((await open(memoryDocuments()).unseen())[0]?.number).toBe(2);
  });

  it("stay with those before them where the clock was behind when they were set", async () => {
    const tombstones = open(memoryDocuments());
    await tombstones.set({ person: ANN, erasure: "e1", only: {} });
    clock.advance(-400 * DAY_MS);
    await tombstones.set({ person: BOB, erasure: "e2", only: {} });
    clock.advance(460 * DAY_MS);
    await tombstones.sweep();
    const begun = clock.now() - 60 * DAY_MS;
    expect(await tombstones.heldSince()).toEqual([begun, begun]);
    expect(await open(memoryDocuments()).unseen()).toHaveLength(2);
    clock.advance(1);
    await tombstones.sweep();
    expect(await open(memoryDocuments()).unseen()).toEqual([]);
  });

  it("are known to be lost where the data directory has seen more", async () => {
    const documents = memoryDocuments();
    await open(documents).set({ person: ANN, erasure: "e1", only: {} });
    rmSync(path());
    expect(await open(documents).areLost()).toBe(true);
    // The next is newer than what was lost.
    await open(documents).set({ person: BOB, erasure: "e2", only: {} });
    expect((await open(memoryDocuments()).unseen())[0]?.number).toBe(2);
  });

  it("that cannot be read are not written over", async () => {
    const tombstones = open(memoryDocuments());
    await tombstones.set({ person: ANN, erasure: "e1", only: {} });
    writeFileSync(path(), "{");
    await expect(tombstones.set({ person: BOB, erasure: "e2", only: {} })).rejects.toThrow();
    await expect(tombstones.unseen()).rejects.toThrow();
    expect(await readFile(path(), "utf8")).toBe("{");
  });

  it("set at once are all there", async () => {
    const tombstones = open(memoryDocuments());
    await Promise.all(
      [1, 2, 3, 4, 5].map((n) => tombstones.set({ person: ANN, erasure: String(n), only: {} })),
    );
    const unseen = await open(memoryDocuments()).unseen();
    expect(unseen.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });
});
