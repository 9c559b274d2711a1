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
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
ul { padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { border: 1px solid #ccc; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
th { width: 30%; font-weight: 600; background: #f4f4f4; }
a { color: #0b57a4; }
@media (prefers-color-scheme: dark) {
  body { color: #e4e4e4; background: #161616; }
  h2, th, td { border-color: #444; }
  th { background: #222; }
  a { color: #8ab8ee; }
}
</style>
`;

/** What the page says in sentences, each as HTML. */
export interface PageWords {
  readonly title: string;
  readonly intro: string;
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
  yield `${HEAD}<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n${words.intro}\n`;
  yield `<ul>\n${categories.map(contents).join("")}</ul>\n`;
  for (const category of categories) {
    yield `<h2 id="${escaped(category.id)}">${escaped(category.title)}</h2>\n${words.category(category)}\n`;
    let shown = 0;
    for await (const thing of portion.things(category.id)) {
      yield tableOf(thing);
      shown += 1;
      if (shown === SHOWN) break;
    }
    const left = portion.count(category.id) - shown;
    if (left > 0) yield `${words.more(category, left)}\n`;
  }
  yield `<h2 id="rights">${escaped(words.rightsTitle)}</h2>\n${words.rights}\n</body>\n</html>\n`;
}

function contents({ id, title, count }: Category): string {
  const number = count === null ? "" : `<strong>${String(count)}</strong>: `;
  return `<li>${number}<a href="#${escaped(id)}">${escaped(title)}</a></li>\n`;
}

function tableOf({ room, data }: ExportedThing): string {
  const rows = [...(room === null ? [] : [["room", room] as const]), ...leaves(data)];
  if (rows.length === 0) return "";
  const lines = rows.map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(inCell(value))}</td></tr>`,
  );
  return `<table>\n${lines.join("\n")}\n</table>\n`;
}
