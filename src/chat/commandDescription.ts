import { createHash } from "node:crypto";
import type { UserId } from "../kernel/ids.ts";
import type { Content } from "../matrix/port.ts";
import { declareState } from "../privacy/declared.ts";
import { COMMAND_DESCRIPTIONS } from "../privacy/records/rooms.ts";
import type { ArgumentKind, PrimitiveType } from "./arguments.ts";
import type { Command } from "./command.ts";

/** The type of the state events that describe a bot's commands (MSC4391), by the name that it has until the proposal is accepted. */
export const DESCRIPTION_TYPE = declareState(
  "org.matrix.msc4391.command_description",
  COMMAND_DESCRIPTIONS,
);

type Primitive = { readonly schema_type: "primitive"; readonly type: PrimitiveType };
type Literal = {
  readonly schema_type: "literal";
  readonly literal_type: "string";
  readonly value: string;
};
type Schema =
  | Primitive
  | Literal
  | { readonly schema_type: "union"; readonly variants: readonly (Primitive | Literal)[] };

interface Text extends Content {
  readonly "m.text": readonly { readonly body: string }[];
}

interface Description extends Content {
  /** Its words, with spaces between them. */
  readonly command: string;
  /** In the order in which people give them. */
  readonly parameters: readonly {
    readonly key: string;
    readonly schema: Schema;
    readonly optional?: boolean;
    readonly description: Text;
  }[];
  readonly description: Text;
}

/** So many words at most are offered for one value: an event holds 64 KiB. */
const MOST_OFFERED = 50;

/** The content of the state event that describes a command. `summary`: what it does, as plain text. */
export function commandDescription(command: Command, summary: string): Description {
  const values = [
    ...Object.entries(command.parameters),
    ...Object.entries(command.options ?? {}),
  ].map(([key, { kind, required }]) => ({
    key,
    schema: schemaOf(kind),
    ...(required ? {} : { optional: true }),
    description: text(kind.label),
  }));
  const flags = (command.flags ?? []).map((flag) => ({
    key: flag,
    schema: primitive("boolean"),
    optional: true,
    description: text(flag),
  }));
  return {
    command: command.words,
    parameters: [...values, ...flags],
    description: text(summary),
  };
}

/** Under which key the description of a command stands: the padded base64 of the SHA-256 of the command and of whose it is (MSC4391). */
export function descriptionKey(command: string, me: UserId): string {
  return createHash("sha256").update(`${command}${me}`).digest("base64");
}

function schemaOf({ choices, offered, described = ["string"] }: ArgumentKind<unknown>): Schema {
  const literals = (values: readonly string[]): readonly Literal[] =>
    values
      .slice(0, MOST_OFFERED)
      .map((value) => ({ schema_type: "literal", literal_type: "string", value }));
  if (choices !== undefined) return union(literals(choices));
  return union([...literals(offered?.() ?? []), ...described.map(primitive)]);
}

function union(variants: readonly (Primitive | Literal)[]): Schema {
  const [only, ...others] = variants;
  return only !== undefined && others.length === 0 ? only : { schema_type: "union", variants };
}

function primitive(type: PrimitiveType): Primitive {
  return { schema_type: "primitive", type };
}

/** As extensible events have it (MSC1767), so that there may be other languages beside it once. */
function text(body: string): Text {
  return { "m.text": [{ body }] };
}
