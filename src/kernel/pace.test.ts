import { expect, it } from "vitest";
import { ManualClock } from "./clock.ts";
import { Pace } from "./pace.ts";

it("goes on for a short stretch, then rests four times as long", async () => {
  const clock = new ManualClock();
  const pace = new Pace(clock, new AbortController().signal);
  clock.advance(4);
  await pace.breathe();
  expect(clock.waiting).toBe(0);
  clock.advance(1);
  let rested = false;
  const rest = pace.breathe().then(() => (rested = true));
  clock.advance(19);
  await Promise.resolve();
  expect(rested).toBe(false);
  clock.advance(1);
  await rest;
  await pace.breathe();
  expect(clock.waiting).toBe(0);
});

it("rests where the clock was set back, and ends with what it is for", async () => {
  const clock = new ManualClock();
  const leaving = new AbortController();
  const pace = new Pace(clock, leaving.signal);
  clock.advance(-10_000);
  const resting = pace.breathe();
  expect(clock.waiting).toBe(1);
  leaving.abort(new Error("stopped"));
  await expect(resting).rejects.toThrow("stopped");
  await expect(pace.breathe()).rejects.toThrow("stopped");
});
