import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Mustache from "mustache";

/**
 * The sources of all sentences of one language, by name: `error/power-person` is `templates/<language>/error/power-person.mustache`,
 * or stands in the folder `templates` of a kind.
 */
export type Templates = ReadonlyMap<string, string>;

const ROOT = fileURLToPath(new URL("../../templates/", import.meta.url));
const KINDS = fileURLToPath(new URL("../kinds/", import.meta.url));
const ENDING = ".mustache";

/** What a template may ask a number: whether it takes this form of a noun (the categories of `Intl.PluralRules`). */
export const PLURAL_FORMS: ReadonlySet<string> = new Set([
  "zero",
  "one",
  "two",
  "few",
  "many",
  "other",
]);

/** The elements a template may use: a small part of what the specification lets clients show ("m.room.message msgtypes", HTML). */
const ELEMENTS = new Set(["p", "br", "strong", "em", "code", "pre", "ul", "li", "a"]);

/** The folders that hold one folder of templates for each language: Usher's own, and those of the kinds. */
function roots(): readonly string[] {
  const kinds = readdirSync(KINDS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [ROOT, ...kinds.map(({ name }) => `${KINDS}${name}/templates/`).filter(existsSync)];
}

/** Reads every template of a language. Throws where two have one name. `more`: folders as `roots` gives them, beside those. */
export function loadTemplates(language = "en", more: readonly string[] = []): Templates {
  const templates = new Map<string, string>();
  for (const root of [...roots(), ...more]) {
    const folder = `${root}${language}/`;
    for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      if (!path.endsWith(ENDING)) continue;
      const name = path.slice(0, -ENDING.length).replaceAll("\\", "/");
      if (templates.has(name)) throw new Error(`There are two templates ${language}/${name}.`);
      templates.set(name, readFileSync(`${folder}${path}`, "utf8").trim());
    }
  }
  return templates;
}

/** What is wrong with any of these templates, in words. The checks ask, and not each start of Usher: parsing all takes a good part of it. */
export function faultsOfAll(templates: Templates): readonly string[] {
  return [...templates].flatMap(([name, source]) =>
    templateFaults(source, templates).map((fault) => `Template ${name}: ${fault}`),
  );
}

/** What is wrong with a template's source, in words; nothing if it may be used. */
export function templateFaults(source: string, templates: Templates): readonly string[] {
  let spans: Mustache.TemplateSpans;
  try {
    spans = Mustache.parse(source);
  } catch (error) {
    return [(error as Error).message];
  }
  return [...tagFaults(spans, templates), ...markupFaults(source)];
}

function tagFaults(spans: Mustache.TemplateSpans, templates: Templates): readonly string[] {
  return spans.flatMap((span) => {
    const [kind, name, , , inner] = span;
    // Both would put what a person typed into the message as markup.
    if (kind === "&") return [`"${name}" is not escaped`];
    if (kind === "=") return ["changes the tags"];
    if (kind === ">" && !name.startsWith("*") && !templates.has(name))
      return [`there is no template "${name}" to put in`];
    return (kind === "#" || kind === "^") && Array.isArray(inner)
      ? tagFaults(inner, templates)
      : [];
  });
}

function markupFaults(source: string): readonly string[] {
  const faults: string[] = [];
  for (const [whole, name = "", attributes = ""] of source.matchAll(
    /<\/?([A-Za-z0-9!]*)([^>]*)>/g,
  )) {
    if (!ELEMENTS.has(name)) faults.push(`${whole} is not among the elements that are used`);
    else if (attributes !== "" && !(name === "a" && /^ href="[^"]+"$/.test(attributes)))
      faults.push(`${whole} has more than a quoted href`);
  }
  return faults;
}
