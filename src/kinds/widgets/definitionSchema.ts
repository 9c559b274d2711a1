import { URL_VARIABLES } from "./custom.ts";
import {
  definitionShape,
  type Recogniser,
  type WidgetArgument,
  type WidgetDefinition,
} from "./definition.ts";
import { namesIn } from "./template.ts";

/** Names that templates may use beside the arguments. */
const BUILT_IN = ["letters", "room32"];
/** What Element puts into `data` by itself, for every widget. */
const INJECTED = ["theme", "conferenceId", "domain"];

/** Something in a definition that does not go with the rest of it. */
interface Problem {
  readonly path: readonly (string | number)[];
  /** Completes the sentence "widgets.definitions.<id>.<path> …". */
  readonly message: string;
}

/** A definition, of which each field is well formed and goes with the others. */
export const definitionSchema = definitionShape.superRefine((definition, context) => {
  for (const { path, message } of problemsIn(definition))
    context.addIssue({ code: "custom", path: [...path], message });
});

/** What is wrong with a definition whose fields are well formed each by itself. */
function problemsIn(definition: WidgetDefinition): readonly Problem[] {
  const { link, data, oneOf, main, recognise, reads } = definition;
  const names = namesOf(definition);
  return [
    ...ofUrl(definition),
    ...link.flatMap((one) => ofTemplate(["link"], one, names)),
    ...Object.entries(data).flatMap(([key, value]) => ofData(key, value, names)),
    ...Object.entries(definition.arguments).flatMap(([name, one]) =>
      ofArgument(definition, name, one),
    ),
    ...unknown(definition, ["oneOf"], oneOf),
    ...unknown(definition, ["main"], [main]),
    ...recognise.flatMap((one, index) => ofRecogniser(definition, one, index)),
    ...unknown(definition, ["reads"], Object.values(reads)),
  ];
}

function ofUrl(definition: WidgetDefinition): readonly Problem[] {
  const { url } = definition;
  const variables = [...url.matchAll(/\$([\w.]*)/g)].map(([, name = ""]) => name);
  return [
    ...ofTemplate(["url"], url, namesOf(definition)),
    ...problemIf(
      !/^(?:https:\/\/|\{\+)/.test(url),
      ["url"],
      "must begin with https:// or with an {+argument}.",
    ),
    ...variables
      .filter((name) => !URL_VARIABLES.has(name))
      .map((name) => ({
        path: ["url"],
        message: `names the variable "$${name}", which clients do not know.`,
      })),
  ];
}

function ofData(
  key: string,
  value: WidgetDefinition["data"][string],
  names: readonly string[],
): readonly Problem[] {
  const path = ["data", key];
  // Clients replace by plain search, the keys of `data` first.
  const eaten = [...URL_VARIABLES.keys()].find(
    (variable) => variable.startsWith(key) && !INJECTED.includes(key),
  );
  return [
    ...(typeof value === "string" ? ofTemplate(path, value, names) : []),
    ...problemIf(
      eaten !== undefined,
      path,
      `would be taken for the beginning of the variable $${eaten ?? ""}.`,
    ),
  ];
}

function ofArgument(
  definition: WidgetDefinition,
  name: string,
  { kind, choices, keeps, default: usual, follows }: WidgetArgument,
): readonly Problem[] {
  const path = ["arguments", name];
  const taken = [...BUILT_IN, "name", "id"].includes(name);
  return [
    ...problemIf(kind === "choice" && choices === undefined, [...path, "choices"], "is missing."),
    ...problemIf(kind === "query" && keeps === undefined, [...path, "keeps"], "is missing."),
    ...problemIf(taken, path, "is a name that is taken."),
    ...(typeof usual === "string" ? ofTemplate([...path, "default"], usual, BUILT_IN) : []),
    ...(follows === undefined
      ? []
      : [
          ...unknown(definition, [...path, "follows", "argument"], [follows.argument]),
          ...ofTemplate([...path, "follows", "value"], follows.value, BUILT_IN),
        ]),
  ];
}

function ofRecogniser(
  definition: WidgetDefinition,
  { server, address, under, path, query, maybe, more, fragment, set }: Recogniser,
  index: number,
): readonly Problem[] {
  const here = ["recognise", index];
  const named = [server, address, under, more, fragment];
  const filled = [...Object.values(query), ...Object.values(maybe), ...Object.keys(set)];
  return [
    ...unknown(definition, here, [...named, ...filled]),
    ...problemIf(
      more !== undefined && definition.arguments[more]?.kind !== "query",
      [...here, "more"],
      "names no argument of the kind query.",
    ),
    ...(path === undefined ? [] : ofPath(definition, [...here, "path"], path)),
  ];
}

function ofPath(
  definition: WidgetDefinition,
  path: Problem["path"],
  pattern: string,
): readonly Problem[] {
  const groups = [...pattern.matchAll(/(?<!\\):([a-z]\w*)/gi)].map(([, name = ""]) => name);
  return [
    ...problemIf(!isPath(pattern), path, "is no pattern of a path."),
    ...unknown(definition, path, groups),
  ];
}

function ofTemplate(
  path: Problem["path"],
  text: string,
  allowed: readonly string[],
): readonly Problem[] {
  const used = namesIn(text);
  if (used === undefined) return [{ path, message: "has a { or } that belongs to no {argument}." }];
  return used.filter((name) => !allowed.includes(name)).map((name) => noArgument(path, name));
}

/** One for each of these names that is no argument's. */
function unknown(
  definition: WidgetDefinition,
  path: Problem["path"],
  names: readonly (string | undefined)[],
): readonly Problem[] {
  return names.flatMap((name) =>
    name === undefined || definition.arguments[name] !== undefined ? [] : [noArgument(path, name)],
  );
}

function noArgument(path: Problem["path"], name: string): Problem {
  return { path, message: `names "${name}", which is no argument.` };
}

function problemIf(wrong: boolean, path: Problem["path"], message: string): readonly Problem[] {
  return wrong ? [{ path, message }] : [];
}

/** What the templates of the address and of `data` may name. */
function namesOf(definition: WidgetDefinition): readonly string[] {
  return [...Object.keys(definition.arguments), ...BUILT_IN];
}

function isPath(path: string): boolean {
  try {
    return new URLPattern({ pathname: path }).pathname !== "";
  } catch {
    return false;
  }
}
