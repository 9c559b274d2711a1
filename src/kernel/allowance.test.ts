import { expect, it } from "vitest";
import { Allowance } from "./allowance.ts";

it("each may so often in a time, whatever others do", () => {
  const allowance = new Allowance<string>({ times: 2, withinMs: 100, most: 10 });
  allowance.take("ann", 0);
  expect(allowance.allows("ann", 50)).toBe(true);
  allowance.take("ann", 50);
  expect(allowance.allows("ann", 99)).toBe(false);
  expect(allowance.allows("bob", 99)).toBe(true);
  expect(allowance.allows("ann", 100)).toBe(true);
  allowance.take("ann", 100);
  expect(allowance.allows("ann", 149)).toBe(false);
});

it("does not count what was had while the clock was ahead", () => {
  const allowance = new Allowance<string>({ times: 1, withinMs: 100, most: 10 });
  allowance.take("ann", 1_000);
  expect(allowance.allows("ann", 950)).toBe(false);
  expect(allowance.allows("ann", 900)).toBe(true);
  expect(allowance.nextAt("ann", 900)).toBe(900);
});

it("remembers a bounded number", () => {
  const allowance = new Allowance<string>({ times: 1, withinMs: 100, most: 1 });
  allowance.take("ann", 0);
  allowance.take("bob", 0);
  expect(allowance.allows("ann", 1)).toBe(true);
  expect(allowance.allows("bob", 1)).toBe(false);
});

it("the next may be now where it may be, and else when the oldest of those that count is long enough ago", () => {
  const allowance = new Allowance<string>({ times: 2, withinMs: 100, most: 10 });
  expect(allowance.nextAt("a", 5)).toBe(5);
  allowance.take("a", 10);
  expect(allowance.nextAt("a", 20)).toBe(20);
  allowance.take("a", 30);
  expect(allowance.nextAt("a", 40)).toBe(110);
  expect(allowance.nextAt("a", 110)).toBe(110);
  expect(allowance.nextAt("b", 40)).toBe(40);
});
