import Mustache from "mustache";
import { PLURAL_FORMS, type Templates } from "../src/chat/templates.ts";
import type { View } from "../src/kernel/errors.ts";

/** Numbers that between them take every plural form of the languages with few or many; 0, 1 and 2 are the ones that go wrong. */
export const COUNTS: readonly number[] = [0, 1, 2, 5, 21];

/** The names of numbers that any template asks for their plural form: `things` for `{{#things.one}}`. */
export function countedNames(templates: Templates): ReadonlySet<string> {
  const walk = (spans: Mustache.TemplateSpans): readonly string[] =>
    spans.flatMap(([kind, name, , , inner]) => {
      if ((kind !== "#" && kind !== "^") || !Array.isArray(inner)) return [];
      const counted = countedBy(name);
      return [...(counted === undefined ? [] : [counted]), ...walk(inner)];
    });
  return new Set([...templates.values()].flatMap((source) => walk(Mustache.parse(source))));
}

/** The sample with this number wherever it holds one of those names, however deep. */
export function withCount(sample: View, names: ReadonlySet<string>, count: number): View {
  const within = (value: unknown, key: string): unknown => {
    if (typeof value === "number") return names.has(key) ? count : value;
    if (Array.isArray(value)) return value.map((one) => within(one, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, within(one, name)]),
    );
  };
  return within(sample, "") as View;
}

/** The names under which samples hold numbers. */
export function numberNames(
  samples: Readonly<Record<string, readonly View[]>>,
): ReadonlySet<string> {
  const names = new Set<string>();
  const within = (value: unknown, key: string): void => {
    if (typeof value === "number") names.add(key);
    if (typeof value !== "object" || value === null) return;
    for (const [name, one] of Object.entries(value)) within(one, Array.isArray(value) ? key : name);
  };
  within(samples, "");
  return names;
}

/** Where English puts a number before a plural noun without asking which form the number takes: "{{count}} rooms" says "1 rooms". */
export function unaskedPlurals(
  name: string,
  source: string,
  numbers: ReadonlySet<string>,
): readonly string[] {
  const walk = (spans: Mustache.TemplateSpans, asked: readonly string[]): readonly string[] =>
    spans.flatMap(([kind, key, , , inner], index) => {
      if ((kind === "#" || kind === "^") && Array.isArray(inner))
        return walk(inner, [...asked, countedBy(key) ?? ""]);
      const after = spans[index + 1];
      const noun = after?.[0] === "text" ? /^ (\p{L}+s)\b/u.exec(after[1]) : null;
      return kind === "name" && numbers.has(key) && noun !== null && !asked.includes(key)
        ? [`${name}: {{${key}}} stands before "${String(noun[1])}", and 1 may too`]
        : [];
    });
  return walk(Mustache.parse(source), []);
}

function countedBy(section: string): string | undefined {
  const [name, form, ...more] = section.split(".");
  return form !== undefined && more.length === 0 && PLURAL_FORMS.has(form) ? name : undefined;
}
