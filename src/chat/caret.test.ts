import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covered } from "../kernel/secrets.ts";
import { marked } from "./caret.ts";

describe("marked", () => {
  it("puts marks under the part", () => {
    expect(marked("add widget pad", 11, 14)).toEqual({
      line: "add widget pad",
      caret: "           ^^^",
    });
  });

  it("puts one mark where something is missing", () => {
    expect(marked("add widget", 10, 10)).toEqual({ line: "add widget", caret: "          ^" });
    expect(marked("", 0, 0)).toEqual({ line: "", caret: "^" });
  });

  it("counts the columns that letters take, not their units", () => {
    expect(marked("名前 x", 3, 4).caret).toBe("     ^");
    expect(marked("👩 x", 3, 4).caret).toBe("   ^");
    expect(marked("e\u0301 x", 3, 4).caret).toBe("  ^");
    expect(marked("a 名前", 2, 4).caret).toBe("  ^^^^");
  });

  it("shows the surroundings of a part far along a long line", () => {
    const { line, caret } = marked(`${"a ".repeat(200)}bad ${"c ".repeat(200)}`, 400, 403);
    // As much as a telephone shows without scrolling sideways.
    expect(line.length).toBeLessThan(44);
    expect(line).toMatch(/^….*bad.*…$/);
    expect(line.slice(caret.indexOf("^"), caret.length)).toBe("bad");
  });

  it("covers names and passwords in addresses, without moving the marks", () => {
    expect(marked("add widget https://ann:secret@x.org x", 36, 37)).toEqual({
      line: "add widget https://••••••••••@x.org x",
      caret: `${" ".repeat(36)}^`,
    });
    expect(covered("https://a@b.org http://c:d@e@f.org/@g https://h.org/@i")).toBe(
      "https://•@b.org http://•••••@f.org/@g https://h.org/@i",
    );
  });

  it("keeps characters whole and marks within the line, whatever the line", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.nat(),
        fc.nat(),
        (text, one, other) => {
          const [start = 0, end = 0] = [one % (text.length + 1), other % (text.length + 1)].sort(
            (a, b) => a - b,
          );
          const { line, caret } = marked(text, start, end);
          expect(line.length).toBeLessThanOrEqual(44);
          expect(caret).toMatch(/^ *\^+$/);
          expect(caret.length).toBeLessThanOrEqual(88);
        },
      ),
    );
  });
});
