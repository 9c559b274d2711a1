import { expect, it } from "vitest";
import type { DefinitionInput } from "./definition.ts";
import { definitionSchema } from "./definitionSchema.ts";
import { DEFINITIONS } from "./definitions/index.ts";

const WELL: DefinitionInput = {
  ...(DEFINITIONS[0] as DefinitionInput),
  ...{ oneOf: [], main: undefined, link: [], reads: {}, handsOver: [], secrets: [], shares: [] },
  arguments: { place: { kind: "text", help: "where" }, rest: { kind: "text", help: "more" } },
  url: "https://x.example/{place}",
  data: {},
  recognise: [],
};

/** What is wrong with it, as "path: message". */
function problemsOf(changed: Partial<DefinitionInput>): readonly string[] {
  const read = definitionSchema.safeParse({ ...WELL, ...changed });
  return (read.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}
const argument = (one: object): Partial<DefinitionInput> => ({
  arguments: { place: { kind: "text", help: "where" }, other: { help: "other", ...one } as never },
});
const NO_ARGUMENT = 'names "nowhere", which is no argument.';

it("a definition whose parts go together has no problems", () => {
  expect(problemsOf({})).toEqual([]);
});

it.each<[Partial<DefinitionInput>, readonly string[]]>([
  [{ url: "https://x/{place" }, ["url: has a { or } that belongs to no {argument}."]],
  [{ url: "https://x/{nowhere}" }, [`url: ${NO_ARGUMENT}`]],
  [{ url: "http://x/" }, ["url: must begin with https:// or with an {+argument}."]],
  [{ url: "{+place}?room={letters}{room32}" }, []],
  [
    { url: "https://x/$matrix_user_id/$nothing" },
    ['url: names the variable "$nothing", which clients do not know.'],
  ],
  [{ link: ["https://x/{place}", "https://x/{nowhere}"] }, [`link: ${NO_ARGUMENT}`]],
  [{ data: { a: "{place}", b: "{nowhere}", c: 5 } }, [`data.b: ${NO_ARGUMENT}`]],
  [
    { data: { matrix_u: "5" } },
    ["data.matrix_u: would be taken for the beginning of the variable $matrix_user_id."],
  ],
  [argument({ kind: "choice" }), ["arguments.other.choices: is missing."]],
  [argument({ kind: "query" }), ["arguments.other.keeps: is missing."]],
  [
    argument({ kind: "text", default: "{place}" }),
    ['arguments.other.default: names "place", which is no argument.'],
  ],
  [argument({ kind: "text", default: "{letters}" }), []],
  [
    argument({ kind: "text", follows: { argument: "nowhere", value: "{place}" } }),
    [
      `arguments.other.follows.argument: ${NO_ARGUMENT}`,
      'arguments.other.follows.value: names "place", which is no argument.',
    ],
  ],
  ...["name", "id", "letters", "room32"].map(
    (name): [Partial<DefinitionInput>, readonly string[]] => [
      { arguments: { place: { kind: "text", help: "a" }, [name]: { kind: "text", help: "b" } } },
      [`arguments.${name}: is a name that is taken.`],
    ],
  ),
  [{ oneOf: ["place", "nowhere"] }, [`oneOf: ${NO_ARGUMENT}`]],
  [{ main: "nowhere" }, [`main: ${NO_ARGUMENT}`]],
  [{ reads: { a: "place", b: "nowhere" } }, [`reads: ${NO_ARGUMENT}`]],
  ...[
    { server: "nowhere" },
    { address: "nowhere" },
    { under: "nowhere" },
    { fragment: "nowhere" },
    { query: { q: "nowhere" } },
    { maybe: { q: "nowhere" } },
    { set: { nowhere: "yes" } },
  ].map((one): [Partial<DefinitionInput>, readonly string[]] => [
    { recognise: [{ hosts: ["x"] }, one] },
    [`recognise.1: ${NO_ARGUMENT}`],
  ]),
  [{ recognise: [{ more: "rest" }] }, ["recognise.0.more: names no argument of the kind query."]],
  [{ recognise: [{ path: "/:place/:nowhere" }] }, [`recognise.0.path: ${NO_ARGUMENT}`]],
  [{ recognise: [{ path: "/(" }] }, ["recognise.0.path: is no pattern of a path."]],
])("%j: %j", (changed, problems) => {
  expect(problemsOf(changed)).toEqual(problems);
});
