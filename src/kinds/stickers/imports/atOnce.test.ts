import { expect, it } from "vitest";
import { AtOnce } from "./atOnce.ts";

it("has two go on at once, and the others one after another as these end", async () => {
  const atOnce = new AtOnce(2);
  const begun: number[] = [];
  const all = [1, 2, 3, 4].map(async (one) => {
    await atOnce.enter();
    begun.push(one);
  });
  await Promise.all(all.slice(0, 2));
  expect(begun).toEqual([1, 2]);
  atOnce.leave();
  await all[2];
  expect(begun).toEqual([1, 2, 3]);
  atOnce.leave();
  await all[3];
  atOnce.leave();
  atOnce.leave();
  await Promise.all([atOnce.enter(), atOnce.enter()]);
  expect(begun).toEqual([1, 2, 3, 4]);
});
