import { expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import { Lanes } from "./lanes.ts";

it("who gets no answer for long is in nobody's way", async () => {
  const clock = new ManualClock();
  const lanes = new Lanes(clock);
  const stuck = await Promise.all(Array.from({ length: 16 }, (_, order) => lanes.enter(order)));
  let entered = false;
  const next = lanes.enter(16).then((leave) => {
    entered = true;
    return leave;
  });
  clock.advance(4_999);
  await new Promise(setImmediate);
  expect(entered).toBe(false);
  clock.advance(1);
  (await next)();
  for (const leave of stuck) leave();
  // Nobody was counted twice: sixteen go side by side again, and not one more.
  await Promise.all(Array.from({ length: 16 }, (_, order) => lanes.enter(20 + order)));
  let more = false;
  void lanes.enter(40).then(() => (more = true));
  await new Promise(setImmediate);
  expect(more).toBe(false);
});
