import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SHORTCODE } from "./pack.ts";
import { packKey, suggestedShortcode, unused } from "./shortcodes.ts";

describe("a shortcode", () => {
  it.each([
    ["12-Große Katze.png", "gro-e-katze"],
    ["IMG_0042.jpeg", "img_0042"],
    ["Café crème", "cafe-creme"],
    ["7.png", "sticker-7"],
    ["01.webp", "sticker-01"],
    ["12-😀.png", "grinning-face"],
    ["👋🏽.webp", "waving-hand"],
    ["cat 😀.png", "cat"],
    ["0-0.png", "0-0"],
    ["3c.png", "3c"],
    ["3 cats", "cats"],
    ["🐈", "cat"],
    ["猫", undefined],
    ["", undefined],
  ])("is made of %j", (words, made) => {
    expect(suggestedShortcode(words)).toBe(made);
  });

  it("keeps the rule whatever it is made of, and is never one that is taken, in upper or lower case", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.array(fc.constantFrom("a", "A", "a-2", "B")),
        (words, codes) => {
          const made = suggestedShortcode(words);
          if (made !== undefined) expect(made).toMatch(SHORTCODE);
          const one = unused(made ?? "a", new Set(codes));
          expect(one).toMatch(SHORTCODE);
          expect(codes.map((code) => code.toLowerCase())).not.toContain(one.toLowerCase());
        },
      ),
    );
  });
});

it("a pack's key is such that apps which make one of its name make no two packs one", () => {
  expect(packKey("Cats", new Set())).toBe("cats");
  expect(packKey("Cats!", new Set(["cats", "cats-2"]))).toBe("cats-3");
  expect(packKey("__ Ü_b er", new Set())).toBe("u-b-er");
  expect(packKey("猫", new Set())).toBe("pack");
});
