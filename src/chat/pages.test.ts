import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pages } from "./pages.ts";
import { toPlain } from "./render.ts";

const rendered = (html: string) => ({ body: toPlain(html), html });
const bytes = (page: object): number => Buffer.byteLength(JSON.stringify(page));
const NOTE = /<p>\(page \d+ of \d+\)<\/p>$/;
/** What is left to read when markup, notes and white space are taken away. */
const words = (html: string): string =>
  html
    .replace(NOTE, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/\s/g, "");

/** Throws unless every element is closed in the order in which elements were opened. */
function expectBalanced(html: string): void {
  const open: string[] = [];
  for (const [, slash, name = ""] of html.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (slash === "/") expect(open.pop()).toBe(name);
    else if (name !== "br") open.push(name);
  }
  expect(open).toEqual([]);
}

describe("pages", () => {
  it("leaves a short answer alone", () => {
    const answer = rendered("<p>Done.</p>");
    expect(pages(answer)).toEqual([answer]);
  });

  it("cuts between list items and says which page it is", () => {
    const items = Array.from(
      { length: 60 },
      (_, index) => `<li>item number ${String(index)}</li>`,
    ).join("");
    const all = pages(rendered(`<p>All of them:</p><ul>${items}</ul>`), 2_000);
    expect(all.length).toBeGreaterThan(1);
    for (const [index, page] of all.entries()) {
      expect(page.body).toMatch(
        new RegExp(`\\n\\n\\(page ${String(index + 1)} of ${String(all.length)}\\)$`),
      );
      expect(page.html).toMatch(/<ul>(?:<li>item number \d+<\/li>)+<\/ul>/);
    }
  });

  it("says no more than so much, and that there was more", () => {
    const items = `<li>${"word ".repeat(60)}</li>`.repeat(4_000);
    const all = pages(rendered(`<p>All of them:</p><ul>${items}</ul>`));
    expect(all).toHaveLength(20);
    expect(all[18]?.body).toMatch(/\(page 19 of 20\)$/);
    expect(all[19]?.body).toMatch(/\(page 20 of 20; the rest is left out\)$/);
  });

  it("cuts a paragraph that is longer than a page between words, inside its elements", () => {
    const all = pages(rendered(`<p>Note: <strong>${"word ".repeat(2_000)}</strong></p>`), 3_000);
    expect(all.length).toBeGreaterThan(1);
    for (const page of all) expect(page.html).toMatch(/<p>.*<strong>(?:word ?)+<\/strong><\/p>/);
  });

  it("never passes the limit, loses nothing, and cuts neither an element, an escape nor a code point", () => {
    const text = fc.oneof(
      fc.string({
        unit: fc.constantFrom("a", " ", "&amp;", "&lt;", "é", "😀", "“", "\\"),
        maxLength: 3_000,
      }),
      fc.constant("&amp;".repeat(2_000)),
    );
    const block = fc.tuple(fc.constantFrom("p", "pre", "ul"), text).map(([name, inner]) => {
      if (name === "ul")
        return `<ul><li><a href="https://example.org/?a=1&amp;b=2">x${inner}</a><br>y</li><li>z</li></ul>`;
      return `<${name}><code>x${inner}</code>y</${name}>`;
    });
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1_000, max: 12_000 }),
        (blocks, limit) => {
          const answer = rendered(blocks.join(""));
          const all = pages(answer, limit);
          for (const page of all) {
            expect(bytes({ body: page.body, formatted_body: page.html })).toBeLessThanOrEqual(
              limit,
            );
            expectBalanced(page.html);
            expect(page.html).not.toMatch(/&(?!(?:amp|lt);)/);
            expect(page.html.isWellFormed()).toBe(true);
          }
          expect(all.map((page) => words(page.html)).join("")).toBe(words(answer.html));
        },
      ),
      { numRuns: 60 },
    );
  });
});
