import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { fieldFaults, mentions, unmarked, type Held, type Mention } from "../privacy/fields.ts";
import type { DataRecord } from "../privacy/record.ts";

/** The fields of a document, each made by `held`: what is in no record of the data map cannot be stored. */
type Shape = Readonly<Record<string, Held<z.ZodType>>>;

/** The schema that such fields make. */
type SchemaOf<S extends Shape> = z.ZodObject<
  { -readonly [K in keyof S]: S[K]["schema"] },
  z.core.$strict
>;

interface Definition<S extends Shape> {
  /** A short lower-case word; a folder name on disk. */
  readonly kind: string;
  /** The present version; 1 for the first. `docs/schemas.json` pins the shape that goes with it. */
  readonly version: number;
  readonly shape: S;
  /** The document of an id that nothing is stored for yet. */
  readonly empty: (id: string) => z.infer<SchemaOf<S>>;
  /** `migrations[n]` turns a document of version n into one of version n + 1. One for each older version. */
  readonly migrations: Readonly<Record<number, (old: unknown) => unknown>>;
}

type Values = Readonly<Record<string, unknown>>;

/** Fields that others add to the documents of a kind; asked when it is needed, for they may be added later than the kind is defined. */
export interface AddedFields {
  fields(): ReadonlyMap<string, Held>;
  /** All that they store, by name, as `docs/schemas.json` pins it. */
  shapes(): ReadonlyMap<string, z.ZodType>;
  /** What is wrong with them in a document. */
  problems(document: Values): readonly z.core.$ZodIssue[];
  mentions(document: Values): readonly Mention[];
}

/** One kind of stored document. Only `defineDocument` makes one. */
class DefinedDocument<T extends object> {
  readonly kind: string;
  readonly version: number;
  readonly schema: z.ZodType<T>;
  /** What each field is in the data map. */
  readonly records: ReadonlyMap<string, DataRecord>;
  readonly empty: (id: string) => T;
  readonly migrations: Readonly<Record<number, (old: unknown) => unknown>>;
  readonly added: AddedFields | undefined;
  /** Makes the type nominal: an object that merely looks like a document type is none. */
  declare protected readonly made: never;

  constructor(given: Omit<DefinedDocument<T>, "made">) {
    this.kind = given.kind;
    this.version = given.version;
    this.schema = given.schema;
    this.records = given.records;
    this.empty = given.empty;
    this.migrations = given.migrations;
    this.added = given.added;
  }
}

export type DocumentType<T extends object> = DefinedDocument<T>;

/** The document of a type. */
export type DocumentOf<D> = D extends DocumentType<infer T> ? T : never;

const defined: DocumentType<never>[] = [];

/**
 * Makes a kind of stored document. Throws where a field leaves open whom it is about, and where an older version has no migration: so every
 * test and check fails that loads it. With `added`, others have fields in it too.
 */
export function defineDocument<S extends Shape>(
  definition: Definition<S> & { readonly added: AddedFields },
): DocumentType<z.infer<SchemaOf<S>> & Values>;
export function defineDocument<S extends Shape>(
  definition: Definition<S>,
): DocumentType<z.infer<SchemaOf<S>>>;
export function defineDocument<S extends Shape>(
  definition: Definition<S> & { readonly added?: AddedFields },
): DocumentType<z.infer<SchemaOf<S>>> {
  const { kind, version, shape, empty, migrations, added } = definition;
  const fields = Object.entries(shape);
  const own = z.strictObject(
    Object.fromEntries(fields.map(([name, field]) => [name, field.schema])),
  );
  const faults = fieldFaults(own, kind);
  if (faults.length > 0)
    throw new TypeError(`Documents of kind "${kind}" cannot be stored: ${faults.join("; ")}.`);
  for (let old = 1; old < version; old++)
    if (migrations[old] === undefined)
      throw new TypeError(
        `Documents of kind "${kind}" have no migration from version ${String(old)}.`,
      );
  const schema = (added === undefined ? own : open(own, added)) as unknown as SchemaOf<S>;
  const records = new Map(fields.map(([name, field]) => [name, field.record]));
  const type = new DefinedDocument<z.infer<SchemaOf<S>>>({
    kind,
    version,
    schema,
    records,
    empty,
    migrations,
    added,
  });
  defined.push(type as never);
  return type;
}

/** The schema with whatever others add. */
function open(own: z.ZodObject, added: AddedFields): z.ZodObject {
  return own.loose().superRefine((document, context) => {
    for (const problem of added.problems(document)) context.addIssue({ ...problem });
  });
}

/** Every document type that the modules loaded so far have defined. */
export function definedDocuments(): readonly Omit<DocumentType<never>, "empty">[] {
  return defined;
}

function mentionsIn<T extends object>(
  { schema, added }: DocumentType<T>,
  document: T,
): readonly Mention[] {
  const all = [...mentions(schema, document), ...(added?.mentions(document as Values) ?? [])];
  const places = new Set<string>();
  // Who asked for a change is known to all, and its kind looks there too.
  return all.filter(
    ({ path, person }) => places.size < places.add(JSON.stringify([path, person])).size,
  );
}

/** Everybody whom a document is about. */
export function peopleIn<T extends object>(
  type: DocumentType<T>,
  document: T,
): ReadonlySet<UserId> {
  return new Set(mentionsIn(type, document).map(({ person }) => person));
}

/** Which fields of a document are about a person: where they are named, and under which record of the data map. */
export function fieldsAbout<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
): readonly { readonly path: readonly string[]; readonly record: DataRecord }[] {
  return mentionsIn(type, document)
    .filter((mention) => mention.person === person)
    .map(({ path }) => ({ path, record: recordOf(type, path) }));
}

/** People who are named where the type's definition does not say so. Tests store nothing of the kind. */
export function unmarkedPeople<T extends object>(
  type: DocumentType<T>,
  document: T,
): readonly Mention[] {
  return unmarked(type.schema, document);
}

function recordOf<T extends object>(
  { kind, records, added }: DocumentType<T>,
  [field = ""]: readonly string[],
): DataRecord {
  const record = records.get(field) ?? added?.fields().get(field)?.record;
  if (record === undefined)
    throw new TypeError(`Documents of kind "${kind}" have no field "${field}".`);
  return record;
}

/**
 * Durable JSON documents by kind and id. Implementations pass `test/contract/documents.ts`.
 *
 * A document of a newer version is left as it is, and whoever would read it gets `data-directory-newer`.
 * One that cannot be read (torn, not JSON, not of its schema) is put aside whole and reported
 * through `onQuarantine`; for its readers it is then absent. Nothing else is harmed by it.
 */
export interface Documents {
  get<T extends object>(type: DocumentType<T>, id: string): Promise<T | undefined>;
  /**
   * Changes one document under its lock and resolves with what is stored, after it is durable. `change` gets the stored document
   * or the empty one, must not modify it, and returns the next; returning what it was given writes nothing.
   */
  update<T extends object>(
    type: DocumentType<T>,
    id: string,
    change: (current: T) => T,
  ): Promise<T>;
  /** Whether there was one. */
  delete<T extends object>(type: DocumentType<T>, id: string): Promise<boolean>;
  /** Every readable document of the kind, in no order, as it is when its turn comes; none that is gone by then. */
  scan<T extends object>(
    type: DocumentType<T>,
  ): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** Those of the kind that are about this person. */
  aboutPerson<T extends object>(
    type: DocumentType<T>,
    person: UserId,
  ): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** Releases the data directory. */
  close(): Promise<void>;
}
