import Mustache from "mustache";
import { createRenderer, TemplateWriter } from "../src/chat/render.ts";
import { templateFaults, type Templates } from "../src/chat/templates.ts";
import type { View } from "../src/kernel/errors.ts";
import type { Source } from "./sources.ts";
import { COUNTS, countedNames, numberNames, unaskedPlurals, withCount } from "./templateCounts.ts";

/**
 * What is wrong between templates and their samples, in words: a template without samples or samples without a template, a sample that
 * cannot be rendered or holds a name the template does not use, a plain body with markup in it, a part of a template that no sample reaches,
 * a number before a noun whose form it does not ask for. Where it does, each sample is rendered with several numbers.
 */
export function sampleFaults(
  templates: Templates,
  samples: Readonly<Record<string, readonly View[]>>,
  language = "en",
): readonly string[] {
  const numbers = countedNames(templates);
  const counted = (views: readonly View[] = []): readonly View[] => [
    ...views,
    ...COUNTS.flatMap((count) => views.map((view) => withCount(view, numbers, count))),
  ];
  const withoutTemplate = Object.keys(samples).filter((name) => !templates.has(name));
  return [
    ...withoutTemplate.map((name) => `there are samples for "${name}", and no such template`),
    ...[...templates].flatMap(([name, source]) => [
      ...templateFaults(source, templates).map((fault) => `${name}: ${fault}`),
      ...faultsOf(name, source, { templates, language }, counted(samples[name])),
      ...(language === "en" ? unaskedPlurals(name, source, numberNames(samples)) : []),
    ]),
  ];
}

/** Families whose members are named by a value: a code, a problem, a command's words. */
const FAMILIES =
  /^(?:error|argument|deed|help|variable|price|change|kind|kept|ends|recipients|topics|on-erasure|case|notice|notice-part)\//;

/** Templates that no source file names and no other template puts in: sentences nobody says. */
export function unsaidTemplates(
  templates: Templates,
  sources: readonly Source[],
): readonly string[] {
  const code = sources
    .filter(({ path }) => /^src\/.*(?<!\.test)\.ts$/.test(path))
    .map(({ text }) => text);
  const said = (name: string): boolean =>
    code.some((text) => text.includes(`"${name}"`)) ||
    [...templates.values()].some((text) => text.includes(`{{>${name}}}`));
  return [...templates.keys()]
    .filter((name) => !FAMILIES.test(name) && !said(name))
    .map((name) => `${name}: nobody says it`);
}

/** Templates that a source file says and that do not exist. Found where the name stands as it is; a misspelt one would first be told to a person. */
export function missingTemplates(
  templates: Templates,
  sources: readonly Source[],
): readonly string[] {
  return sources
    .filter(({ path }) => /^src\/.*(?<!\.test)\.ts$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\btemplate: ([^,}\n]*"[^,}\n]*)/g)].flatMap(([, said = ""]) =>
        [...said.matchAll(/([!=]== )?"([^"]+)"/g)].flatMap(([, compared, name = ""]) =>
          compared === undefined ? [{ path, name }] : [],
        ),
      ),
    )
    .filter(({ name }) => !templates.has(name))
    .map(({ path, name }) => `${path} says "${name}", and there is no such template`);
}

function faultsOf(
  name: string,
  source: string,
  { templates, language }: { readonly templates: Templates; readonly language: string },
  samples: readonly View[],
): readonly string[] {
  if (samples.length === 0)
    return [
      `${name}: has no sample; give it one in templates/samples or, if it is a kind's own, in the samples.ts of its folder`,
    ];
  const faults: string[] = [];
  const reached = new Set<unknown>();
  const coverage = new Coverage(templates, language, reached);
  const seen = new Set<string>();
  let broken = false;
  for (const sample of samples) {
    const view = watched(sample, seen);
    for (const calledAs of ["!usher", ""]) {
      try {
        const { body, html } = createRenderer(templates, language).render(
          { template: name, view },
          { calledAs },
        );
        if (/<\/?(?:p|br|strong|em|code|pre|ul|li|a)\b[^>]*>|&(?:amp|lt|gt|quot|#39);/.test(body))
          faults.push(`${name}: markup in the plain body`);
        if (/<(p|ul|li|code|strong)>\s*<\/\1>/.test(html)) faults.push(`${name}: an empty element`);
        if (/ {2}|\( |\s[,.;:]( |$)/m.test(body.replaceAll(/^ .*$/gm, "")))
          faults.push(`${name}: a space too many in "${body}"`);
        coverage.html({ template: name, view: sample }, { calledAs });
      } catch (error) {
        broken = true;
        faults.push(`${name}: ${(error as Error).message}`);
      }
    }
  }
  // What comes after the place where it broke was not tried.
  if (broken) return [...new Set(faults)];
  const unused = new Set(
    samples.flatMap((sample) => Object.keys(sample)).filter((key) => !seen.has(key)),
  );
  return [
    ...new Set(faults),
    ...[...unused].map((key) => `${name}: does not use "${key}"`),
    ...unreached(name, source, reached),
  ];
}

/** Notes which names a template asks for. */
function watched(view: View, seen: Set<string>): View {
  return new Proxy(view, {
    getOwnPropertyDescriptor: (target, key) => {
      seen.add(String(key));
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}

/** Notes which sections are entered. Templates are parsed once for all, so a section is the same list of tokens each time. */
class Coverage extends TemplateWriter {
  readonly #reached: Set<unknown>;

  constructor(templates: Templates, language: string, reached: Set<unknown>) {
    super(templates, language);
    this.#reached = reached;
  }

  override parse(source: string): Mustache.TemplateSpans {
    return Mustache.parse(source);
  }

  override renderTokens(tokens: string[][], context: Mustache.Context): string {
    this.#reached.add(tokens);
    return super.renderTokens(tokens, context);
  }
}

function unreached(name: string, source: string, reached: ReadonlySet<unknown>): readonly string[] {
  const walk = (spans: Mustache.TemplateSpans): readonly string[] =>
    spans.flatMap(([kind, section, , , inner]) => {
      if ((kind !== "#" && kind !== "^") || !Array.isArray(inner)) return [];
      return [
        ...(reached.has(inner) ? [] : [`${name}: no sample reaches {{${kind}${section}}}`]),
        ...walk(inner),
      ];
    });
  return walk(Mustache.parse(source));
}
