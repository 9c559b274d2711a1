import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Mustache from "mustache";
import type { Templates } from "../src/chat/templates.ts";

/** A part of a template that is said or not: the whole, or one of its sections. */
export interface SentencePart {
  /** The same in every process. */
  readonly key: string;
  /** Where it stands, outermost first: `{{#mine}} {{^named}}`; empty for the whole. */
  readonly place: string;
  /** What mustache renders it from. */
  readonly tokens: object;
}

/** The parts of a template, from what mustache makes of its source. */
export function sentenceParts(source: string, spans: Mustache.TemplateSpans): SentencePart[] {
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  const walk = (tokens: Mustache.TemplateSpans, at: string, place: string): SentencePart[] => [
    { key: `${hash}${at}`, place, tokens },
    ...tokens.flatMap(([kind, section, , , inner], index) =>
      (kind === "#" || kind === "^") && Array.isArray(inner)
        ? walk(inner, `${at}/${String(index)}`, `${place} {{${kind}${section}}}`.trimStart())
        : [],
    ),
  ];
  return walk(spans, "", "");
}

/**
 * What of the templates no test has said: a template's name, or that and the place: `list {{^some}}`. Of what is never said as a whole, the sections
 * are not listed. `said`: the keys of what was rendered while the tests ran.
 */
export function unsaidSentences(
  templates: Templates,
  said: ReadonlySet<string>,
): readonly string[] {
  const all = [...templates].flatMap(([name, source]) =>
    sentenceParts(source, Mustache.parse(source))
      .filter(({ key }) => !said.has(key))
      .map(({ place }) => `${name} ${place}`.trimEnd()),
  );
  const whole = new Set(all.filter((part) => part === templateOf(part)));
  return all.filter((part) => whole.has(part) || !whole.has(templateOf(part)));
}

function templateOf(part: string): string {
  return part.split(" ")[0] ?? part;
}

/** The keys of all that the processes of a run have noted in a folder. */
export async function saidIn(folder: string): Promise<ReadonlySet<string>> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return new Set(texts.flatMap((text) => text.split("\n")).filter((key) => key !== ""));
}
