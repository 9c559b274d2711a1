import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { View } from "../kernel/errors.ts";
import type { Answer } from "./command.ts";
import { TemplateWriter } from "./render.ts";
import { loadTemplates } from "./templates.ts";

const ROOT = fileURLToPath(new URL("../../pages/", import.meta.url));
const ENDING = ".mustache";

/** What a page's template is called among the sentences. */
const named = (name: string): string => `page/${name}`;
const LAYOUT = named("layout");

/** How every page looks. */
export function pageStyle(): string {
  return readFileSync(`${ROOT}page.css`, "utf8");
}

/** Pages for a browser, of templates in `pages/<language>`; each may put in any sentence. As strict as sentences are. */
export class WebPages {
  readonly #writer: TemplateWriter;
  readonly #about: View;

  /** `base`: the path below which the pages lie, without a slash at its end. */
  constructor(language: string, base: string) {
    const folder = `${ROOT}${language}/`;
    const pages = readdirSync(folder)
      .filter((name) => name.endsWith(ENDING))
      .map((name) => {
        const source = readFileSync(folder + name, "utf8").trim();
        return [named(name.slice(0, -ENDING.length)), source] as const;
      });
    this.#writer = new TemplateWriter(new Map([...loadTemplates(language), ...pages]), language);
    this.#about = { language, base };
  }

  /** The whole page: `name` is what its title, head and body begin with. */
  html(name: string, view: View): string {
    const part = (of: string): Answer => ({ template: named(`${name}-${of}`), view });
    const parts = { title: part("title"), head: part("head"), body: part("body") };
    return `${this.#writer.html({ template: LAYOUT, view: parts }, this.#about)}\n`;
  }
}
