import { expect, it } from "vitest";
import { ManualClock } from "./clock.ts";
import { Learning } from "./learning.ts";
import { silentLog, type LogFields } from "./log.ts";

it("what a start can do without is tried once before, again beside it until it is done, and named until then", async () => {
  const clock = new ManualClock();
  const logged: LogFields[] = [];
  const learning = new Learning({
    clock,
    log: { ...silentLog, warn: (fields) => logged.push(fields) },
    patienceMs: 10,
  });
  let fails = 2;
  const work = (): Promise<void> =>
    fails-- > 0 ? Promise.reject(new Error("502")) : Promise.resolve();
  await learning.begin("name", work);
  await learning.begin("rooms", () => new Promise(() => undefined));
  await learning.begin("good", () => Promise.resolve());
  expect(learning.missing).toEqual(["name", "rooms"]);
  for (let turn = 0; turn < 2; turn += 1) {
    clock.advance(60_000);
    await new Promise(setImmediate);
  }
  expect(learning.missing).toEqual(["rooms"]);
  expect(logged.map(({ what }) => what)).toEqual(["start.missing.name", "start.missing.name"]);
  fails = 1;
  await learning.begin("again", work);
  learning.stop();
  clock.advance(60_000);
  await new Promise(setImmediate);
  expect([fails, clock.waiting]).toEqual([0, 0]);
});
