import { escaped } from "../../chat/render.ts";
import { inCell, leaves } from "./cells.ts";
import type { Category, ExportedThing } from "./format.ts";
import type { Portion } from "./portion.ts";

/** How many things of a category the page shows: more would make it slow to open on a phone, and they are in the other files too. */
const SHOWN = 500;

/** It loads nothing and runs nothing: whoever opens it tells nobody. */
const HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
ul { padding-left: 1.25rem; }
ol { padding-left: 2rem; }
li { margin: 0.25rem 0; }
dl { margin: 0 0 1rem; border: 1px solid #ccc; border-top: 0; }
dl > div { display: flex; flex-wrap: wrap; border-top: 1px solid #ccc; }
dt { flex: 0 0 30%; box-sizing: border-box; padding: 0.3rem 0.5rem; font-weight: 600; background: #f4f4f4; }
dd { flex: 1 1 60%; box-sizing: border-box; margin: 0; padding: 0.3rem 0.5rem; min-width: 0; }
nav h2 { font-size: 1rem; margin: 1.5rem 0 0.5rem; border: 0; padding: 0; }
a { color: #0b57a4; }
@media (prefers-color-scheme: dark) {
  body { color: #e4e4e4; background: #161616; }
  h2, dl, dl > div { border-color: #444; }
  dt { background: #222; }
  a { color: #8ab8ee; }
}
@media (max-width: 30rem) {
  body { padding: 0.75rem; }
  ol { padding-left: 1.5rem; }
  dt, dd { flex-basis: 100%; }
}
@media print {
  dl > div, h2 { break-inside: avoid; break-after: auto; }
}
</style>
`;

/** What is said of each kind of data; under these it stands in the page: what there is comes first. */
const GROUPS = ["there", "uncounted", "none"] as const;
type Group = (typeof GROUPS)[number];

/** What the page says in sentences, each as HTML but for titles. */
export interface PageWords {
  readonly title: string;
  readonly intro: string;
  readonly group: (group: Group) => string;
  /** What a kind of data is called, without jargon. */
  readonly categoryTitle: (category: Category) => string;
  /** Why it is kept, how long and so on. */
  readonly category: (category: Category) => string;
  /** That `left` more are in the other files. */
  readonly more: (category: Category, left: number) => string;
  readonly rightsTitle: string;
  readonly rights: string;
}

/** The text of `index.html`, piece by piece: everything about the person, for people (R31, R34). Whatever was said by anybody is escaped. */
export async function* page(
  words: PageWords,
  categories: readonly Category[],
  portion: Pick<Portion, "things" | "count">,
): AsyncGenerator<string, void> {
  const title = escaped(words.title);
  const groups = Map.groupBy(categories, groupOf);
  const sorted = GROUPS.flatMap((group) => groups.get(group) ?? []);
  yield `${HEAD}<title>${title}</title>\n</head>\n<body>\n<main>\n<h1>${title}</h1>\n${words.intro}\n`;
  yield `<nav aria-label="${escaped(words.group("there"))}">\n`;
  for (const group of GROUPS) yield contents(words, group, groups.get(group) ?? []);
  yield `<p><a href="#rights">${escaped(words.rightsTitle)}</a></p>\n</nav>\n`;
  for (const category of sorted) {
    const heading = escaped(words.categoryTitle(category));
    yield `<h2 id="${escaped(category.id)}">${heading}</h2>\n${words.category(category)}\n`;
    yield* thingsOf(words, category, portion);
  }
  const rights = `<h2 id="rights">${escaped(words.rightsTitle)}</h2>\n${words.rights}`;
  yield `${rights}\n</main>\n</body>\n</html>\n`;
}

function groupOf({ count }: Category): Group {
  if (count === null) return "uncounted";
  return count === 0 ? "none" : "there";
}

function contents(words: PageWords, group: Group, categories: readonly Category[]): string {
  if (categories.length === 0) return "";
  const lines = categories.map((category) => {
    const { id, count } = category;
    const number = count === null ? "" : `<strong>${String(count)}</strong>: `;
    return `<li>${number}<a href="#${escaped(id)}">${escaped(words.categoryTitle(category))}</a></li>\n`;
  });
  return `<h2>${escaped(words.group(group))}</h2>\n<ul>\n${lines.join("")}</ul>\n`;
}

/** As a list, so that whoever hears it hears how many there are, and of each what is in it. */
async function* thingsOf(
  words: PageWords,
  category: Category,
  portion: Pick<Portion, "things" | "count">,
): AsyncGenerator<string, void> {
  const here = portion.count(category.id);
  if (here === 0) return;
  let shown = 0;
  yield "<ol>\n";
  for await (const thing of portion.things(category.id)) {
    yield itemOf(thing);
    shown += 1;
    if (shown === SHOWN) break;
  }
  yield "</ol>\n";
  if (here > shown) yield `${words.more(category, here - shown)}\n`;
}

function itemOf({ room, data }: ExportedThing): string {
  const rows = [...(room === null ? [] : [["room", room] as const]), ...leaves(data)];
  const lines = rows.map(([name, value]) => {
    const cell = inCell(value);
    return `<div><dt>${escaped(name)}</dt><dd>${cell === "" ? NOTHING : escaped(cell)}</dd></div>\n`;
  });
  return `<li><dl>\n${lines.join("")}</dl></li>\n`;
}

/** Stands where a field is there and empty. */
const NOTHING = "–";
