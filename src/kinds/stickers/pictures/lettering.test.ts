import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf } from "./lettering.ts";

describe("a shortcode beneath its picture", () => {
  it.each([
    ["cat-wave", ["cat-wave"]],
    ["fourteen-chars", ["fourteen-chars"]],
    ["a-cat-that-waves", ["a-cat-that-", "waves"]],
    ["acatthatwavesatyou", ["acatthatwavesa", "tyou"]],
    ["a-very-long-shortcode-of-a-cat", ["a-very-long-s…", "tcode-of-a-cat"]],
    ["zähne", ["zähne"]],
    ["猫🐈\u202e", ["???"]],
    ["", [""]],
  ])("%s", (shortcode, lines) => {
    expect(linesOf(shortcode)).toEqual(lines);
  });

  it("fits two lines, whole where it can be", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,100}$/), (shortcode) => {
        const lines = linesOf(shortcode);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(14);
        if (shortcode.length <= 28) expect(lines.join("")).toBe(shortcode);
        else expect(shortcode.endsWith(lines[1] ?? "-")).toBe(true);
      }),
    );
  });
});
