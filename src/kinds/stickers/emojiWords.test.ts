import { describe, expect, it } from "vitest";
import { emojiWords } from "./emojiWords.ts";
import { SHORTCODE } from "./pack.ts";

describe("the words of an emoji", () => {
  it.each([
    ["🐱", "cat-face"],
    ["😺👋", "grinning-cat"],
    ["12. 👋", "waving-hand"],
    // Skin tones are left out, also where several people have them.
    ["👋🏽", "waving-hand"],
    ["👩🏽‍🚒", "woman-firefighter"],
    ["👩🏽‍🤝‍👩🏿", "woman"],
    ["👯🏽‍♀️", "women-with-bunny-ears"],
    // With and without the sign that asks for colour.
    ["❤️", "red-heart"],
    ["❤", "red-heart"],
    ["🏳️‍🌈", "rainbow-flag"],
    ["🇦🇹", "flag-austria"],
    ["1️⃣", "keycap-1"],
    // What has no name together is called as its first part.
    ["🐱‍🚒", "cat-face"],
    // Nothing that Unicode names: a skin tone alone, half a flag.
    ["🏽", undefined],
    ["🇦", undefined],
    ["cat", undefined],
    ["7", undefined],
    ["猫", undefined],
    ["", undefined],
  ])("%s: %s", (text, words) => {
    expect(emojiWords(text)).toBe(words);
    if (words !== undefined) expect(words).toMatch(SHORTCODE);
  });
});
