import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
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
