import { describe, expect, it } from "vitest";
import type { Category, ExportedThing } from "./format.ts";
import { page, type PageWords } from "./page.ts";

const category: Category = {
  id: "D7",
  title: 'Widgets <b> & "more"',
  purpose: "",
  necessity: "",
  legalBasis: "legitimate interest",
  layer: "manager",
  kept: "",
  seenBy: "",
  inExport: "",
  count: 1,
  csv: "D7.csv",
  leftOut: 0,
};
const words: PageWords = {
  title: "About @a:b & co",
  intro: "<p>Intro</p>",
  group: (group) => `Group ${group}`,
  categoryTitle: ({ title }) => title,
  category: ({ id }) => `<p>of ${id}</p>`,
  more: (_, left) => `<p>${String(left)} more</p>`,
  rightsTitle: "Rights",
  rights: "<p>Write</p>",
};

async function pageOf(
  things: readonly ExportedThing[],
  categories: readonly Category[] = [{ ...category, count: things.length }],
): Promise<string> {
  async function* all(): AsyncGenerator<ExportedThing, void> {
    for (const thing of things) yield await Promise.resolve(thing);
  }
  let text = "";
  for await (const piece of page(words, categories, { things: all, count: () => things.length }))
    text += piece;
  return text;
}

describe("R31 the page of an export", () => {
  it("shows each thing as a list of what is in it, with times that people can read", async () => {
    const data = {
      at: 1_764_398_700_000,
      before: { url: "https://a.example.org", levels: [50] },
      after: null,
    };
    const text = await pageOf([{ room: "!a:b", data }]);
    for (const row of [
      "<div><dt>room</dt><dd>!a:b</dd></div>",
      "<div><dt>at</dt><dd>2025-11-29T06:45:00.000Z</dd></div>",
      "<div><dt>before.url</dt><dd>https://a.example.org</dd></div>",
      "<div><dt>before.levels.0</dt><dd>50</dd></div>",
      // What is there and empty.
      "<div><dt>after</dt><dd>–</dd></div>",
    ])
      expect(text).toContain(row);
    expect(text).toMatch(/<ol>\n<li><dl>[^]*<\/dl><\/li>\n<\/ol>/);
  });

  it("escapes whatever anybody said, and turns nobody's reading round", async () => {
    const bad = `</dd><script>alert("1")</script>'&\u202e\u0007`;
    const text = await pageOf([{ room: bad, data: { [bad]: bad } }]);
    for (const raw of ["<script", 'alert("', "\u202e", "\u0007"]) expect(text).not.toContain(raw);
    expect(text.match(/&lt;\/dd&gt;&lt;script&gt;alert\(&quot;1&quot;\)/g)).toHaveLength(3);
    expect(text).toContain("Widgets &lt;b&gt; &amp; &quot;more&quot;");
  });

  it("R43 loads nothing and runs nothing: no script, no address in what a browser fetches, and a policy that forbids both", async () => {
    const text = await pageOf([{ room: null, data: { url: "https://a.example.org/x.png" } }]);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(text).not.toMatch(/<(?:script|img|link|iframe|object|embed|video|audio|form|base)\b/i);
    expect(text).not.toMatch(/\b(?:src|srcset|on\w+)\s*=\s*["']|url\(|@import/i);
    expect(text).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  });

  it("R34 lists each kind of data with its count, 0 among them, and without one where nobody can tell", async () => {
    const text = await pageOf(
      [],
      [
        { ...category, id: "D1", title: "None", count: 0 },
        { ...category, id: "D2", title: "Unknown", count: null, csv: null },
        { ...category, id: "D3", title: "Some", count: 2 },
      ],
    );
    expect(text).toContain('<li><strong>0</strong>: <a href="#D1">None</a></li>');
    expect(text).toContain('<li><a href="#D2">Unknown</a></li>');
    expect(text).toMatch(/<h2 id="D2">Unknown<\/h2>\n<p>of D2<\/p>\n<h2 id="D1">/);
    // What there is comes first, above as below.
    expect(text).toMatch(/<nav[^]*Group there[^]*Some[^]*Group uncounted[^]*Group none[^]*<\/nav>/);
    expect([...text.matchAll(/<h2 id="(D\d)"/g)].map(([, id]) => id)).toEqual(["D3", "D2", "D1"]);
    expect(text).toMatch(/<h2 id="rights">Rights<\/h2>\n<p>Write<\/p>/);
  });

  it("shows so many that a phone opens it, and says how many more there are", async () => {
    const text = await pageOf(Array.from({ length: 1203 }, () => ({ room: "!a:b", data: {} })));
    expect(text.match(/<dl>/g)).toHaveLength(500);
    expect(text).toContain("<p>703 more</p>");
  });
});
