import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distance, nearest } from "./nearest.ts";

describe("distance", () => {
  it.each([
    ["widget", "widget", 0],
    ["widgt", "widget", 1],
    ["wigdet", "widget", 1],
    ["widgets", "widget", 1],
    ["wodgat", "widget", 2],
    ["bot", "widget", 4],
    ["", "bot", 3],
  ])("from %j to %j is %i", (one, other, apart) => {
    expect(distance(one, other, 3)).toBe(Math.min(apart, 4));
  });

  it("is the same both ways, nothing only between equals, and at most one more than the limit", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.nat(6), (one, other, limit) => {
        const apart = distance(one, other, limit);
        expect(apart).toBe(distance(other, one, limit));
        expect(apart === 0).toBe(one === other);
        expect(apart).toBeLessThanOrEqual(limit + 1);
      }),
    );
  });
});

describe("nearest", () => {
  const commands = ["help", "list", "status", "remove", "add widget"];

  it.each([
    ["hlep", "help"],
    ["lists", "list"],
    ["STATUS", "status"],
    ["statsu", "status"],
    ["remvoe", "remove"],
    ["add wigdet", "add widget"],
  ])("takes %s for %s", (said, meant) => {
    expect(nearest(said, commands)).toBe(meant);
  });

  it.each(["", "x", "hi", "dance", "frobnicate", "x".repeat(100_000)])(
    "takes %.20s for nothing",
    (said) => {
      expect(nearest(said, commands)).toBeUndefined();
    },
  );

  it("does not take one short word for another", () => {
    expect(nearest("b", ["a"])).toBeUndefined();
  });
});

describe("the nearest of some words", () => {
  it.each([
    ["hepl", "help"],
    ["lst", "list"],
    ["LIST", "list"],
    ["remvoe", "remove"],
    ["privcay", "privacy"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearest(typed, ["help", "list", "remove", "privacy", "add widget"])).toBe(meant);
  });

  it("guesses nothing where nothing is near", () => {
    expect(nearest("weather", ["help", "list"])).toBeUndefined();
    expect(nearest("help", [])).toBeUndefined();
  });

  it("prefers the nearest, and of equals the first", () => {
    expect(nearest("pin", ["unpin", "pin"])).toBe("pin");
    expect(nearest("abcx", ["abcd", "abce"])).toBe("abcd");
  });

  it("always finds a word that is there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1 }),
        (words) => {
          const word = words[0] ?? "";
          expect(nearest(word, words)?.toLowerCase()).toBe(word.toLowerCase());
        },
      ),
    );
  });
});
