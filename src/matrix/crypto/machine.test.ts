import { randomUUID } from "node:crypto";
import { expect, it, onTestFinished } from "vitest";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { UserId } from "../../kernel/ids.ts";
import { temporaryFile } from "./indexeddb/testStore.ts";
import { openSqliteIndexedDb } from "./indexeddb/sqliteIndexedDb.ts";
import { Machine } from "./machine.ts";
import { registerStore } from "./storeWorld.ts";

it("a trap in the synchronous part of a call fails that call alone: nothing is left that would end the process", async () => {
  const database = openSqliteIndexedDb(temporaryFile());
  database.install(globalThis);
  const storeName = randomUUID();
  const forget = registerStore(storeName, database.factory);
  const clock = new ManualClock();
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on("unhandledRejection", hear);
  let broken = 0;
  const machine = await Machine.open({
    me: "@usher:example.org" as UserId,
    deviceId: "DEVICE",
    storeName,
    storeKey: new Uint8Array(32),
    clock,
    limitMs: 1000,
    onOpen: () => undefined,
    onBroken: () => (broken += 1),
  });
  onTestFinished(async () => {
    process.off("unhandledRejection", hear);
    machine.close();
    forget();
    await database.close();
  });
  const trap = (): never => {
    throw Object.assign(new Error("unreachable"), { name: "RuntimeError" });
  };
  const refusal = await refusalOf(machine.run(trap));
  expect(refusal).toContain("My encryption stopped working and is being started anew");
  expect(refusal).toContain("there is nothing you need to do");
  await machine.reopen();
  const bug = new Error("a bug");
  const thrower = (): never => {
    throw bug;
  };
  await expect(machine.run(thrower)).rejects.toBe(bug);
  clock.advance(5000);
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  expect([unheard, broken, machine.healthy, clock.waiting]).toEqual([[], 1, true, 0]);
});
