import { describe, expect, it } from "vitest";
import { endOfWords, plain, trimmed } from "./plain.ts";

describe("plain", () => {
  it.each([
    ["ＬＩＳＴ", "list"],
    ["li\u200bst", "list"],
    ["\u2066list\u2069", "list"],
    ["\ufeffLIST\u200f", "list"],
    ["✔\ufe0f", "✔"],
    ["si\u0301", "sí"],
  ])("%j is %j", (typed, meant) => {
    expect(plain(typed)).toBe(meant);
  });
});

describe("endOfWords", () => {
  it.each([
    ["！usher list", "!usher", 6],
    ["\u200f!us\u200bher list", "!usher", 8],
    ["USHER", "usher", 5],
    ["Zoe\u0308 list", "zoë", 4],
    ["!ushe", "!usher", undefined],
    ["x!usher", "!usher", undefined],
    ["anything", "", undefined],
    ["anything", "\u200b", undefined],
  ])("of %j and %j is %j", (text, words, end) => {
    expect(endOfWords(text, words)).toBe(end);
  });
});

describe("trimmed", () => {
  it("takes away what nobody sees at both ends, and nothing of an emoji", () => {
    expect(trimmed("\u200b \u2068name=❤\ufe0f\u2069 \u200b")).toBe("name=❤\ufe0f");
    expect(trimmed("a\u200bb")).toBe("a\u200bb");
    expect(trimmed("\u200b")).toBe("");
  });

  it("is quick about what is long", () => {
    expect(trimmed(`a${" \u200b".repeat(20_000)}b`)).toHaveLength(40_002);
  });
});
