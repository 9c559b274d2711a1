import { z } from "zod";
import { entryFields, httpsAddress } from "../../config/catalogue.ts";
import { URL_VARIABLES } from "./custom.ts";

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

/** Each field by itself; what they must be to each other is in definitionSchema.ts. */
export const definitionShape = z.strictObject({
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

/** A definition as it is written, defaults left out. */
export type DefinitionInput = z.input<typeof definitionShape>;
export type WidgetDefinition = z.output<typeof definitionShape>;
export type WidgetArgument = WidgetDefinition["arguments"][string];
export type Recogniser = WidgetDefinition["recognise"][number];

/** What people may set, by its name: the rest is the configuration's. */
export function settableArguments(
  definition: Pick<WidgetDefinition, "arguments">,
): readonly (readonly [name: string, WidgetArgument])[] {
  return Object.entries(definition.arguments).filter(([, { operatorOnly }]) => !operatorOnly);
}

/** What people may set, by name; a widget's name can be set whatever it is. */
export function settingNames(definition: Pick<WidgetDefinition, "arguments">): readonly string[] {
  return [...settableArguments(definition).map(([name]) => name), "name"];
}
