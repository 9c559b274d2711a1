import { z } from "zod";
import { entryFields, httpsAddress } from "../../config/catalogue.ts";
import { URL_VARIABLES } from "./custom.ts";
import { namesIn } from "./template.ts";

/**
 * What kinds of widgets there are is data: each of `definitions/` is one of these, and operators add and change them in the configuration.
 * A refinement's message completes the sentence "widgets.definitions.<id>.<field> …".
 */
const oneLine = z
  .string()
  .min(1, "must not be empty.")
  .max(200, "must be at most 200 characters long.");
const argumentName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9]{0,30}$/, "must be letters and digits, a small letter first.");

const pattern = z.string().refine(
  (source) => {
    try {
      return new RegExp(source, "u").test("") || true;
    } catch {
      return false;
    }
  },
  { error: "must be a regular expression." },
);

const argument = z.strictObject({
  /**
   * `server` is a host name, with a port if need be; `servers` several of them; `address` begins with https://; `query` is what stands behind the
   * `?` of an address, of the parameters that it `keeps`.
   */
  kind: z.enum(["text", "number", "yes-no", "choice", "server", "servers", "address", "query"]),
  /** What it is, as a part of a sentence. */
  help: oneLine,
  choices: z.array(z.string().min(1)).min(1).optional(),
  /** What the whole of a text must match. */
  pattern: pattern.optional(),
  /** Names of query parameters; a `*` at the end stands for whatever follows. */
  keeps: z.array(z.string().min(1)).min(1).optional(),
  required: z.boolean().default(false),
  /** Taken where nothing is given. Of a text it may be a template; beside the arguments there are `{letters}`, 24 that nobody can guess, and `{room32}`, the room's id in base32. */
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
  /** Only the configuration sets it. */
  operatorOnly: z.boolean().default(false),
  /** Where the other argument has a value, this one is always that template, whatever is given. */
  follows: z.strictObject({ argument: argumentName, value: z.string() }).optional(),
  /** A query parameter without a value that an address must have. */
  adds: z.string().optional(),
});

/** How an address that somebody pastes is known: all that is given here must fit. */
const recogniser = z.strictObject({
  /** Host names; `*.` before one stands for whatever comes before it. */
  hosts: z.array(z.string()).min(1).optional(),
  /** An argument (server or address): what is pasted must lie under its default. */
  under: argumentName.optional(),
  /** A path as URLPattern reads it; its named groups become arguments. Relative to `under`. */
  path: z.string().optional(),
  /** True where the form of the address is too common to be known by it alone: read so only after this definition was named. */
  named: z.boolean().default(false),
  /** Query parameters that must be there, and the arguments they become. */
  query: z.record(z.string(), argumentName).default({}),
  /** The same, where they may be absent. */
  maybe: z.record(z.string(), argumentName).default({}),
  /** The argument of the kind `query` that takes whatever it keeps of all other parameters. */
  more: argumentName.optional(),
  /** The argument that takes what stands behind the `#`, where it can. */
  fragment: argumentName.optional(),
  /** The argument (server or address) that becomes the host, with its port. */
  server: argumentName.optional(),
  /** The argument that becomes the whole address. */
  address: argumentName.optional(),
  /** Arguments that follow from the form of the address. */
  set: z.record(argumentName, z.string()).default({}),
});

const variables = [...new Set(URL_VARIABLES.values())];

const shape = z.strictObject({
  ...entryFields,
  /** Host names (with all below them) that whoever `host` names answers for. At any other address the website's own rules apply. */
  sites: z.array(z.string().regex(/^[a-z0-9.-]+$/, "must be a host name.")).default([]),
  /** The type written into the state. */
  type: oneLine,
  /** Other types under which such widgets are found in rooms. */
  aliases: z.array(oneLine).default([]),
  arguments: z.record(argumentName, argument).default({}),
  /** Arguments of which one must be given, and not more. */
  oneOf: z.array(argumentName).default([]),
  /** The argument that may be given without its name. */
  main: argumentName.optional(),
  /** A template of the address that clients open; variables of clients (`$matrix_user_id`) may stand in it. */
  url: z.string(),
  /** Templates of the address for people whose client shows no widgets; the first whose arguments are all there. `url` where there is none. */
  link: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  /** Templates of what stands in the state's `data` beside `title`. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Which keys of `data` say what an argument is, in widgets that others added. */
  reads: z.record(z.string(), argumentName).default({}),
  recognise: z.array(recogniser).default([]),
  /** What clients hand to the website beside the variables of the address. */
  handsOver: z.array(z.enum(variables as [string, ...string[]])).default([]),
  /** Parameters that must not be published in a room, beside those that are secrets everywhere: an address with one of them is refused. */
  secrets: z.array(z.string()).default([]),
  /** Parameters that are secrets elsewhere, and are here for everybody in the room. */
  shares: z.array(z.string()).default([]),
  /** Where its set-up is explained, for operators. */
  setup: httpsAddress.optional(),
});

/** Names that templates may use beside the arguments. */
const BUILT_IN = ["letters", "room32"];
/** What Element puts into `data` by itself, for every widget. */
const INJECTED = ["theme", "conferenceId", "domain"];

export const definitionSchema = shape.superRefine((definition, context) => {
  const problem = (path: readonly (string | number)[], message: string): void => {
    context.addIssue({ code: "custom", path: [...path], message });
  };
  const names = [...Object.keys(definition.arguments), ...BUILT_IN];
  const template = (
    path: readonly string[],
    text: string,
    allowed: readonly string[] = names,
  ): void => {
    const used = namesIn(text);
    if (used === undefined) problem(path, "has a { or } that belongs to no {argument}.");
    for (const name of used ?? [])
      if (!allowed.includes(name)) problem(path, `names "${name}", which is no argument.`);
  };
  const known = (path: readonly (string | number)[], name: string | undefined): void => {
    if (name !== undefined && definition.arguments[name] === undefined)
      problem(path, `names "${name}", which is no argument.`);
  };

  template(["url"], definition.url);
  if (!/^(?:https:\/\/|\{\+)/.test(definition.url))
    problem(["url"], "must begin with https:// or with an {+argument}.");
  for (const [, name = ""] of definition.url.matchAll(/\$([\w.]*)/g))
    if (!URL_VARIABLES.has(name))
      problem(["url"], `names the variable "$${name}", which clients do not know.`);
  for (const link of definition.link) template(["link"], link);
  for (const [key, value] of Object.entries(definition.data)) {
    if (typeof value === "string") template(["data", key], value);
    // Clients replace by plain search, the keys of `data` first.
    const eaten = [...URL_VARIABLES.keys()].find(
      (variable) => variable.startsWith(key) && !INJECTED.includes(key),
    );
    if (eaten !== undefined)
      problem(["data", key], `would be taken for the beginning of the variable $${eaten}.`);
  }
  for (const [name, one] of Object.entries(definition.arguments)) {
    if (one.kind === "choice" && one.choices === undefined)
      problem(["arguments", name, "choices"], "is missing.");
    if (one.kind === "query" && one.keeps === undefined)
      problem(["arguments", name, "keeps"], "is missing.");
    if (BUILT_IN.includes(name) || name === "name" || name === "id")
      problem(["arguments", name], "is a name that is taken.");
    if (typeof one.default === "string")
      template(["arguments", name, "default"], one.default, BUILT_IN);
    known(["arguments", name, "follows", "argument"], one.follows?.argument);
    if (one.follows !== undefined)
      template(["arguments", name, "follows", "value"], one.follows.value, BUILT_IN);
  }
  for (const name of definition.oneOf) known(["oneOf"], name);
  known(["main"], definition.main);
  for (const [
    index,
    { server, address, under, path, query, maybe, more, fragment, set },
  ] of definition.recognise.entries()) {
    const here = ["recognise", index];
    for (const name of [
      server,
      address,
      under,
      more,
      fragment,
      ...Object.values(query),
      ...Object.values(maybe),
      ...Object.keys(set),
    ])
      known(here, name);
    if (more !== undefined && definition.arguments[more]?.kind !== "query")
      problem([...here, "more"], "names no argument of the kind query.");
    if (path === undefined) continue;
    if (!isPath(path)) problem([...here, "path"], "is no pattern of a path.");
    for (const [, name = ""] of path.matchAll(/(?<!\\):([a-z]\w*)/gi))
      known([...here, "path"], name);
  }
  for (const name of Object.values(definition.reads)) known(["reads"], name);
});

function isPath(path: string): boolean {
  try {
    return new URLPattern({ pathname: path }).pathname !== "";
  } catch {
    return false;
  }
}

/** A definition as it is written, defaults left out. */
export type DefinitionInput = z.input<typeof definitionSchema>;
export type WidgetDefinition = z.output<typeof definitionSchema>;
export type WidgetArgument = WidgetDefinition["arguments"][string];
export type Recogniser = WidgetDefinition["recognise"][number];
