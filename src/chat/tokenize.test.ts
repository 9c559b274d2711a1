import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote, tokenize } from "./tokenize.ts";

const texts = (line: string): readonly string[] => tokenize(line).tokens.map(({ text }) => text);

/** Of any UTF-16 units whatever. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe("tokenize", () => {
  it("splits at white space and keeps where each word stood", () => {
    expect(tokenize(" add\u00a0 widget\tx ").tokens).toEqual([
      { text: "add", start: 1, end: 4, quoted: false },
      { text: "widget", start: 6, end: 12, quoted: false },
      { text: "x", start: 13, end: 14, quoted: false },
    ]);
  });

  it.each([
    ['"Team notes"', "Team notes"],
    ["'Team notes'", "Team notes"],
    ["“Team notes”", "Team notes"],
    ["„Team notes“", "Team notes"],
    ["«Team notes»", "Team notes"],
    ["‘Team notes’", "Team notes"],
    ['“Team notes"', "Team notes"],
    ['"it\'s mine"', "it's mine"],
    ["'it's mine'", "it's mine"],
    ['"say \\"hi\\" twice"', 'say "hi" twice'],
    ['"C:\\dir\\\\"', "C:\\dir\\"],
    ['""', ""],
    ["don't", "don't"],
    ["a\\ b", "a b"],
    ['\\"a', '"a'],
    ["a\\b", "a\\b"],
    ['5"', '5"'],
  ])("reads %s as one word", (line, text) => {
    expect(texts(line)).toEqual([text]);
    expect(tokenize(line).unclosed).toBeUndefined();
  });

  it("leaves what nobody sees in values, and knows quotes, keys and flags in spite of it", () => {
    const { tokens } = tokenize(
      'li\u200bst \u200b \u200f"a b"\u200f n\u200bame＝\u2068"x\u200by" \u200b--y\u200bes －－ＮＯ z\ufeff❤\ufe0f',
    );
    expect(tokens.map(({ text, key, flag }) => [text, key, flag])).toEqual([
      ["li\u200bst", undefined, undefined],
      ["a b", undefined, undefined],
      ["x\u200by", "name", undefined],
      ["yes", undefined, true],
      ["no", undefined, true],
      ["z\ufeff❤\ufe0f", undefined, undefined],
    ]);
  });

  it.each(['"Team notes', "“Team notes", "'", '"a\\"'])(
    "says where the quotation mark of %s stands that is never closed",
    (rest) => {
      const { tokens, unclosed } = tokenize(`add ${rest}`);
      expect(unclosed).toBe(4);
      expect(tokens.at(-1)).toMatchObject({ start: 4, end: 4 + rest.length });
      expect(tokenize(`add name=${rest}`).unclosed).toBe(9);
    },
  );

  it.each([
    ["name=x", { key: "name", text: "x", quoted: false }],
    ["Name=x=y", { key: "name", text: "x=y", quoted: false }],
    ['name="Team notes"', { key: "name", text: "Team notes", quoted: true }],
    ["name=“Team notes”", { key: "name", text: "Team notes", quoted: true }],
    ["--name=x", { key: "name", text: "x", quoted: false }],
    ["—name=x", { key: "name", text: "x", quoted: false }],
    ["name=", { key: "name", text: "", quoted: false }],
    ["who=https://matrix.to/#/@ann:b.org", { key: "who", text: "@ann:b.org", quoted: false }],
    ["--yes", { flag: true, text: "yes" }],
    ["—YES", { flag: true, text: "yes" }],
    ["–yes", { flag: true, text: "yes" }],
  ])("reads %s as a named value or flag", (line, token) => {
    expect(tokenize(line).tokens).toEqual([
      { start: 0, end: line.length, quoted: false, ...token },
    ]);
  });

  it.each(["https://x.org/?a=b", "1=2", "=x", "-y", "---", '"name=x"', "'--yes'", "a.b=c"])(
    "does not read %s as one",
    (line) => {
      const { tokens } = tokenize(line);
      expect(tokens).toHaveLength(1);
      expect(tokens[0]).not.toHaveProperty("key");
      expect(tokens[0]).not.toHaveProperty("flag");
    },
  );

  it("reads everything after -- as it is", () => {
    expect(
      tokenize("a -- --yes name=x -- b").tokens.map(({ text, flag, key }) => [text, flag ?? key]),
    ).toEqual([
      ["a", undefined],
      ["--yes", undefined],
      ["name=x", undefined],
      ["--", undefined],
      ["b", undefined],
    ]);
  });

  it.each([
    ["https://matrix.to/#/@ann:b.org", "@ann:b.org"],
    ["https://matrix.to/#/%40ann%3Ab.org?via=b.org&via=c.org", "@ann:b.org"],
    ["http://www.matrix.to/#/@ann:b.org", "@ann:b.org"],
    ["https://matrix.to/#/#room:b.org", "#room:b.org"],
    ["https://matrix.to/#/%23room%3Ab.org", "#room:b.org"],
    ["https://matrix.to/#/!abc:b.org?via=b.org", "!abc:b.org"],
    [
      "https://matrix.to/#/!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
      "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    ],
    ["https://matrix.to/#/!abc:b.org/$event?via=b.org", "$event"],
    ["https://matrix.to/#/%23room%3Ab.org/%24event%3Ab.org", "$event:b.org"],
    ["matrix:u/ann:b.org?action=chat", "@ann:b.org"],
    ["matrix:user/ann:b.org", "@ann:b.org"],
    ["matrix:r/room:b.org", "#room:b.org"],
    ["matrix:roomid/abc:b.org?via=b.org", "!abc:b.org"],
    [
      "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
      "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    ],
    ["matrix:r/room:b.org/e/event", "$event"],
    ["MATRIX:u/ann:b.org", "@ann:b.org"],
    ["<https://matrix.to/#/@ann:b.org>", "@ann:b.org"],
    ["[Ann the great](https://matrix.to/#/@ann:b.org)", "@ann:b.org"],
    ["<https://x.org/a b>", "<https://x.org/a"],
    ["<https://x.org>", "https://x.org"],
    ["[words here](https://x.org/?a=b)", "https://x.org/?a=b"],
  ])("reads the link %s as %s", (link, id) => {
    expect(texts(link)[0]).toBe(id);
  });

  it.each([
    "https://matrix.to/#/",
    "https://matrix.to/#/nobody",
    "https://matrix.to/#/%E0%A4%A",
    "https://matrix.to.evil.org/#/@ann:b.org",
    "https://evil.org/https://matrix.to/#/@ann:b.org",
    "matrix:u",
    "matrix:u/",
    "matrix:x/ann:b.org",
    "matrix:u/ann",
    "<x>",
    "[x]",
    "[x](y)",
    "[x](javascript:alert(1))",
    "<https://x.org>!",
    `https://matrix.to/#/@${"a".repeat(3_000)}:b.org`,
  ])("leaves %s as it is", (word) => {
    expect(texts(word)).toEqual([word]);
  });
});

describe("any line", () => {
  const line = fc.oneof(
    anyText,
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          "“",
          "”",
          "\\",
          " ",
          "=",
          "--",
          "—",
          "a",
          "<https://",
          ">",
          "[",
          "](https://x)",
          "\n",
          "@a:b",
          "😀",
        ),
      )
      .map((parts) => parts.join("")),
  );

  it("gives words in order, within it, apart from one another", () => {
    fc.assert(
      fc.property(line, (text) => {
        const { tokens, unclosed } = tokenize(text);
        let from = 0;
        for (const { start, end } of tokens) {
          expect(start).toBeGreaterThanOrEqual(from);
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end)).not.toMatch(/^\s/u);
          from = end;
        }
        expect(from).toBeLessThanOrEqual(text.length);
        if (unclosed !== undefined) expect(from).toBe(text.length);
      }),
    );
  });

  it("comes back as one word when quoted", () => {
    fc.assert(
      fc.property(line, line, (text, other) => {
        const parts = tokenize(`${quote(text)} key=${quote(other)}`);
        expect(parts.unclosed).toBeUndefined();
        expect(parts.tokens.map((token) => [token.text, token.quoted, token.key])).toEqual([
          [text, true, undefined],
          [other, true, "key"],
        ]);
      }),
    );
  });

  it.each([
    '"',
    "'",
    "\\",
    '\\"',
    " ",
    "a ",
    "[",
    "[x](",
    "<https://",
    " <https://",
    'a="',
    "--",
    "— ",
    "@",
  ])("is read in one pass: 300,000 characters of %j would else take many minutes", (part) => {
    const text = part.repeat(Math.ceil(300_000 / part.length));
    expect(tokenize(text).tokens.length).toBeLessThanOrEqual(text.length);
  });
});
