import { z } from "zod";
import { asUserId, type UserId } from "../kernel/ids.ts";
import type { DataRecord } from "./record.ts";

export type Schema = z.core.$ZodType;

/** What a part of a document's schema has to do with people. */
type Mark = "person" | "actor" | "mixed" | "own-words" | "not-about" | "sealed";

const marks = new WeakMap<Schema, Mark>();

export function markOf(schema: Schema): Mark | undefined {
  return marks.get(schema);
}

/** A field of a stored document, with the record of the data map that it belongs to. */
export interface Held<S extends Schema = Schema> {
  readonly record: DataRecord;
  readonly schema: S;
}

/** A field of a document, and what it is in the data map. */
export function held<S extends Schema>(record: DataRecord, schema: S): Held<S> {
  return { record, schema };
}

/** The id of somebody whom the document is then about. */
export function person<S extends z.ZodType>(schema: S): S {
  return marked(schema, "person");
}

/** The id of somebody who did what stands beside it, or asked for it: the document is about them, and what stands there is what they said. */
export function actor<S extends z.ZodType>(schema: S): S {
  return marked(schema, "actor");
}

/** Words from Usher's own program, such as the name of a command: they say nothing that anybody wrote. */
export function ownWords<S extends z.ZodType>(schema: S): S {
  return marked(schema, "own-words");
}

/** What may hold people's ids or not, at any depth: each string in it that is a person's id as a whole counts as that person. */
export function mixed<S extends z.ZodType>(schema: S): S {
  return marked(schema, "mixed");
}

/** An id that is about nobody, such as Usher's own. */
export function notAbout<S extends z.ZodType>(schema: S): S {
  return marked(schema, "not-about");
}

/** What is encrypted: it names nobody, and is handed out to nobody. */
export function sealed<S extends z.ZodType>(schema: S): S {
  return marked(schema, "sealed");
}

const correctables = new WeakSet<Schema>();

/**
 * What whoever did it may have corrected by themselves (R35), beside any other mark that it has: by this name, or as a record by the names in it, the
 * kind's `set` takes it.
 */
export function correctable<S extends z.ZodType>(schema: S): S {
  const copy = schema.clone();
  const mark = marks.get(schema);
  if (mark !== undefined) marks.set(copy, mark);
  correctables.add(copy);
  return copy;
}

export function isCorrectable(schema: Schema): boolean {
  return correctables.has(schema);
}

/** A copy with a mark of its own, since the schemas of ids are shared. */
function marked<S extends z.ZodType>(schema: S, mark: Mark): S {
  const copy = schema.clone();
  marks.set(copy, mark);
  return copy;
}

/** Where in a document somebody is named: `widgets.0.addedBy`. */
export interface Mention {
  readonly person: UserId;
  /** They did or asked for what stands there. */
  readonly acted: boolean;
  readonly path: readonly string[];
  /** The place of the outermost entry, of a list or of a record, that this is in; undefined where it is in none. */
  readonly entry: readonly string[] | undefined;
}

/** Where a value stands. */
interface Place {
  readonly path: readonly string[];
  readonly entry?: readonly string[] | undefined;
  readonly acted?: boolean;
}

/** Everybody whom a value is about, by its schema, wherever they stand in it. */
export function mentions(
  schema: Schema,
  value: unknown,
  place: Place = { path: [] },
): readonly Mention[] {
  const mark = marks.get(schema);
  if (mark === "not-about" || mark === "own-words" || mark === "sealed") return [];
  if (mark !== undefined) return idsIn(value, { ...place, acted: mark === "actor" });
  return parts(schema, value).flatMap((part) =>
    mentions(part.schema, part.value, within(place, part)),
  );
}

function within({ path, entry }: Place, part: Part): Place {
  const at = [...path, ...part.path];
  return { path: at, entry: entry ?? (part.entry === true ? at : undefined) };
}

/** Ids of people in places that no mark speaks of: a person's id was stored as a mere string. For tests, which know all ids they use. */
export function unmarked(
  schema: Schema,
  value: unknown,
  place: Place = { path: [] },
): readonly Mention[] {
  if (marks.has(schema)) return [];
  const here = definitionOf(schema).type === "string" ? idsIn(value, place) : [];
  return [
    ...here,
    ...parts(schema, value).flatMap((part) =>
      unmarked(part.schema, part.value, within(place, part)),
    ),
  ];
}

function idsIn(value: unknown, { path, entry, acted = false }: Place): readonly Mention[] {
  if (typeof value === "string") {
    const user = asUserId(value);
    return user === undefined ? [] : [{ person: user, acted, path, entry }];
  }
  if (typeof value !== "object" || value === null) return [];
  // A key can be an id too, as in a room's power levels.
  return Object.entries(value).flatMap(([key, inner]) => [
    ...idsIn(key, { path: [...path, key], entry, acted }),
    ...idsIn(inner, { path: [...path, key], entry, acted }),
  ]);
}

interface Part {
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: readonly string[];
  /** It is one of several of its kind. */
  readonly entry?: true;
}

/** What a value consists of, each part with its own schema. Throws on a kind of schema that `fieldFaults` does not let pass. */
function parts(schema: Schema, value: unknown): readonly Part[] {
  const def = definitionOf(schema);
  if (LEAVES.has(def.type)) return [];
  if (def.type === "optional" || def.type === "nullable")
    return value === undefined || value === null
      ? []
      : [{ schema: def.innerType, value, path: [] }];
  if (def.type === "object")
    return Object.entries(def.shape).map(([key, inner]) => ({
      schema: inner,
      value: (value as Values)[key],
      path: [key],
    }));
  if (def.type === "array")
    return (value as readonly unknown[]).map((one, index) => ({
      schema: def.element,
      value: one,
      path: [String(index)],
      entry: true,
    }));
  if (def.type === "record")
    return Object.entries(value as Values).flatMap(([key, one]) => [
      { schema: def.keyType, value: key, path: [key], entry: true },
      { schema: def.valueType, value: one, path: [key], entry: true },
    ]);
  if (def.type === "union")
    return def.options
      .filter((option) => z.safeParse(option, value).success)
      .map((option) => ({ schema: option, value, path: [] }));
  throw new TypeError(`A stored document cannot have a part of the kind "${def.type}".`);
}

type Values = Readonly<Record<string, unknown>>;

/** Kinds of schema that nothing is inside of. */
const LEAVES: ReadonlySet<string> = new Set(["string", "number", "boolean", "enum", "literal"]);

export function definitionOf(schema: Schema): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as unknown as { readonly def: z.core.$ZodTypes["_zod"]["def"] }).def;
}

/** What of a schema leaves open whom it is about, in words; empty when all is said. */
export function fieldFaults(schema: Schema, path: string): readonly string[] {
  if (marks.has(schema)) return [];
  const def = definitionOf(schema);
  if (def.type === "string")
    return isUserId(schema)
      ? [
          `${path} is a Matrix ID of a user: say person(…) if the document is about them, actor(…) if they did or asked for what stands beside it, or notAbout(…)`,
        ]
      : [];
  if (LEAVES.has(def.type)) return [];
  if (def.type === "optional" || def.type === "nullable") return fieldFaults(def.innerType, path);
  if (def.type === "object")
    return Object.entries(def.shape).flatMap(([key, inner]) =>
      fieldFaults(inner, `${path}.${key}`),
    );
  if (def.type === "array") return fieldFaults(def.element, `${path}[]`);
  if (def.type === "record")
    return [
      ...fieldFaults(def.keyType, `${path} (keys)`),
      ...fieldFaults(def.valueType, `${path} (values)`),
    ];
  if (def.type === "union") return def.options.flatMap((option) => fieldFaults(option, path));
  if (def.type === "unknown" || def.type === "any")
    return [`${path} may be anything: say mixed(…) if people can be named in it, or notAbout(…)`];
  return [`${path} is of the kind "${def.type}", in which nobody looks for people`];
}

/** Known by what it lets pass, so that one written by hand is seen as well as the shared one. */
function isUserId(schema: Schema): boolean {
  return (
    z.safeParse(schema, "@ann:example.org").success &&
    !z.safeParse(schema, "ann:example.org").success
  );
}
