import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { fieldFaults, mentions, unmarked, type Held, type Mention } from "../privacy/fields.ts";
import { handedOut } from "../privacy/handedOut.ts";
import type { DataRecord } from "../privacy/record.ts";
import { undated, type AddedFields, type HeldSince, type Values } from "./definition.ts";

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
  /** Its id is a person's and all of it is about them alone: it goes whole when they are erased. */
  readonly ofOnePerson?: boolean;
  /** The present version; 1 for the first. `docs/schemas.json` pins the shape that goes with it. */
  readonly version: number;
  readonly shape: S;
  /** The document of an id that nothing is stored for yet. */
  readonly empty: (id: string) => z.infer<SchemaOf<S>>;
  /** `migrations[n]` turns a document of version n into one of version n + 1. One for each older version. */
  readonly migrations: Readonly<Record<number, (old: unknown) => unknown>>;
  /** Of each record in it that ends after a time. */
  readonly since?: HeldSince<z.infer<SchemaOf<S>>>;
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
  readonly ofOnePerson: boolean;
  readonly since: HeldSince<never>;
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
    this.ofOnePerson = given.ofOnePerson;
    this.since = given.since;
  }
}

export type DocumentType<T extends object> = DefinedDocument<T>;

/** The document of a type. */
export type DocumentOf<D> = D extends DocumentType<infer T> ? T : never;

const defined: DocumentType<object>[] = [];

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
  const {
    kind,
    version,
    shape,
    empty,
    migrations,
    added,
    ofOnePerson = false,
    since = {},
  } = definition;
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
  const [endless] = undated(records, since);
  if (endless !== undefined)
    throw new TypeError(`Documents of kind "${kind}" do not say since when ${endless} is held.`);
  const type = new DefinedDocument<z.infer<SchemaOf<S>>>({
    kind,
    version,
    schema,
    records,
    empty,
    migrations,
    added,
    ofOnePerson,
    since,
  });
  defined.push(type);
  return type;
}

/** The schema with whatever others add. */
function open(own: z.ZodObject, added: AddedFields): z.ZodObject {
  return own.loose().superRefine((document, context) => {
    for (const { schema, value, path } of added.values(document))
      for (const issue of schema.safeParse(value).error?.issues ?? [])
        context.addIssue({ ...issue, path: [...path, ...issue.path] });
  });
}

/** Every document type that the modules loaded so far have defined. */
export function definedDocuments(): readonly DocumentType<object>[] {
  return defined;
}

function mentionsIn<T extends object>(
  { schema, added }: DocumentType<T>,
  document: T,
): readonly Mention[] {
  const all = [
    ...mentions(schema, document),
    ...(added?.values(document as Values) ?? []).flatMap(({ schema: own, value, path }) =>
      mentions(own, value, { path, entry: path.length > 1 ? path : undefined }),
    ),
  ];
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

/** Those of them who did or asked for something that stands in it. */
export function actorsIn<T extends object>(
  type: DocumentType<T>,
  document: T,
): ReadonlySet<UserId> {
  const acted = mentionsIn(type, document).filter((one) => one.acted);
  return new Set(acted.map(({ person }) => person));
}

/** One thing that a document keeps about a person: an entry of a list, or the single fields of a record of the data map. */
export interface Item {
  readonly record: DataRecord;
  /** Of an entry its place, as `widgets.0`; of single fields undefined. */
  readonly entry: readonly string[] | undefined;
  /** What of it may be handed out to the person. */
  readonly handedOut: unknown;
}

/** Everything that a document keeps about a person, in the order in which it stands there. */
export function itemsAbout<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
): readonly Item[] {
  const found = placesAbout(type, document, person);
  if (found.length === 0) return [];
  const copy = copyFor(type, document, person);
  return found.map((item) => ({
    ...item,
    handedOut:
      item.entry === undefined ? singleFields(type, copy, item.record) : valueAt(copy, item.entry),
  }));
}

/** The same without what may be handed out, for whoever only asks what there is. */
export function placesAbout<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
): readonly Omit<Item, "handedOut">[] {
  const found = new Map<string, Omit<Item, "handedOut">>();
  for (const { person: one, path, entry } of mentionsIn(type, document)) {
    const record = recordOf(type, path);
    if (one === person) found.set(JSON.stringify(entry ?? record.id), { record, entry });
  }
  return [...found.values()];
}

function copyFor<T extends object>(
  { schema, added }: DocumentType<T>,
  document: T,
  person: UserId,
): Values {
  const copy = handedOut(schema, document, person) as Record<string, unknown>;
  for (const { schema: own, value, path } of added?.values(document as Values) ?? []) {
    const [field = "", index] = path;
    const part = handedOut(own, value, person);
    if (index === undefined) copy[field] = part;
    else (copy[field] as unknown[])[Number(index)] = part;
  }
  return copy;
}

function singleFields<T extends object>(
  { records }: DocumentType<T>,
  copy: Values,
  record: DataRecord,
): Values {
  const ofRecord = Object.entries(copy).filter(
    ([field, value]) => records.get(field) === record && !Array.isArray(value),
  );
  return Object.fromEntries(ofRecord);
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Values)[key], document);
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
  /** Deletes what is kept of the document as it was before its migrations, where its text is such. */
  deleteFormer<T extends object>(
    type: DocumentType<T>,
    id: string,
    isSuch: (text: string) => boolean,
  ): Promise<void>;
  /** Every readable document of the kind, in no order, as it is when its turn comes; none that is gone by then. */
  scan<T extends object>(
    type: DocumentType<T>,
  ): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** Those of the kind that are about this person. */
  aboutPerson<T extends object>(
    type: DocumentType<T>,
    person: UserId,
  ): AsyncIterable<{ readonly id: string; readonly document: T }>;
  /** How many of the kind, or of this id alone, were put aside and still lie there: they may be mended. */
  countPutAside<T extends object>(type: DocumentType<T>, id?: string): Promise<number>;
  /** Releases the data directory. */
  close(): Promise<void>;
}
