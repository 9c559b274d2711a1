import { describe, expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import type { CryptoSyncPart } from "./cipher.ts";
import { KnownPart } from "./knownPart.ts";

const PART: CryptoSyncPart = {
  toDevice: [],
  changedUsers: [],
  leftUsers: [],
  oneTimeKeyCounts: { a: 1, b: 2 },
  unusedFallbackKeys: ["x", "y"],
};

describe("what the engine knows already", () => {
  const known = new KnownPart();
  known.taken(PART, 1_000);

  it.each<[string, Partial<CryptoSyncPart>, number, boolean]>([
    ["the same", {}, 1_000, true],
    [
      "the same in another order",
      { oneTimeKeyCounts: { b: 2, a: 1 }, unusedFallbackKeys: ["y", "x"] },
      1_000,
      true,
    ],
    ["a message", { toDevice: [{ type: "m.dummy" }] }, 1_000, false],
    ["changed devices", { changedUsers: ["@ann:example.org" as UserId] }, 1_000, false],
    ["somebody left", { leftUsers: ["@ann:example.org" as UserId] }, 1_000, false],
    ["fewer keys", { oneTimeKeyCounts: { a: 1, b: 1 } }, 1_000, false],
    ["a used fallback key", { unusedFallbackKeys: ["x"] }, 1_000, false],
    ["nothing said of fallback keys", { unusedFallbackKeys: undefined }, 1_000, false],
    ["the same after a minute", {}, 61_000, false],
    ["the same when the clock went back", {}, 999, false],
  ])("%s", (_what, change, now, expected) => {
    expect(known.includes({ ...PART, ...change }, now)).toBe(expected);
  });

  it("is nothing at first", () => {
    expect(
      new KnownPart().includes({ ...PART, oneTimeKeyCounts: {}, unusedFallbackKeys: undefined }, 0),
    ).toBe(false);
  });
});
