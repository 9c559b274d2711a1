import type { UserId } from "../kernel/ids.ts";
import { isDeepStrictEqual } from "node:util";
import {
  goesWith,
  renamed,
  withoutPerson,
  type Fate,
  type Forgotten,
  type Scope,
} from "../privacy/erased.ts";
import { definitionOf, type Held, type Schema } from "../privacy/fields.ts";
import { placesAbout, type DocumentType } from "./documents.ts";
import { isSharedList } from "./roomParts.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * The document without a person: what becomes of each of its fields is derived from its record's `onErasure` and from what the field is marked as. The
 * same document where it does not name them.
 */
export function documentWithout<T extends object>(
  type: DocumentType<T>,
  document: T,
  forgotten: Forgotten,
  scope: Scope = {},
): T {
  const { part, item } = scope;
  const fields = fieldsOf(type);
  const entrySchema = entrySchemas(type, document);
  const next = Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
    if (part !== undefined && !holdsOf(part, name)) return [[name, value]];
    const field = fields.get(name);
    // Of a kind that this Usher does not have.
    if (field === undefined)
      return [[name, item === undefined ? renamed(value, forgotten) : value]];
    const { record, schema } = field;
    const { onErasure } = record.facts;
    const element = elementOf(schema);
    if (element === undefined && item !== undefined) return [[name, value]];
    const left =
      element === undefined
        ? withoutPerson(schema, value, forgotten, onErasure)
        : (value as readonly unknown[]).flatMap((one, index) => {
            if (!isMeant(scope, name, one)) return [one];
            const own = entrySchema(name, String(index)) ?? element;
            return goesWith(own, one, forgotten.person, onErasure)
              ? []
              : [withoutPerson(own, one, forgotten, onErasure)];
          });
    return left === undefined ? [] : [[name, left]];
  });
  const result = Object.fromEntries(next) as T;
  return isDeepStrictEqual(result, document) ? document : result;
}

/** What would become of each thing that the document keeps about the person. */
export function fatesOf<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
  scope: Scope = {},
): readonly Fate[] {
  const fields = fieldsOf(type);
  const entrySchema = entrySchemas(type, document);
  const meant = placesAbout(type, document, person).filter(({ entry }) => {
    if (scope.part === undefined && scope.item === undefined) return true;
    const [name = "", index = ""] = entry ?? [];
    return isMeant(scope, name, ((document as Values)[name] as Values | undefined)?.[index]);
  });
  return meant.map(({ record, entry }) => {
    const { onErasure } = record.facts;
    if (onErasure === "delete-last") return { record, is: "last" };
    if (entry === undefined) return { record, is: onErasure === "delete" ? "erased" : "nameless" };
    const [name = "", index = ""] = entry;
    const list = fields.get(name)?.schema;
    const schema = entrySchema(name, index) ?? (list && elementOf(list));
    const value = (document as Values)[name] as Values;
    const goes = schema !== undefined && goesWith(schema, value[index], person, onErasure);
    return { record, is: goes ? "erased" : "nameless" };
  });
}

/** One thing in a room that has an id there. */
export interface NamedThing {
  readonly id: string;
  readonly name: string | undefined;
}

/** Whatever a room's document keeps about the person that has an id, each once. */
export function thingsAbout<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
): readonly NamedThing[] {
  const found = new Map<string, NamedThing>();
  for (const { entry: [list = "", index = ""] = [] } of placesAbout(type, document, person)) {
    const one = ((document as Values)[list] as Values | undefined)?.[index] as Values | undefined;
    const { id, name } = { id: one?.["id"], name: one?.["name"] };
    if (typeof id !== "string") continue;
    const known = found.get(id)?.name;
    found.set(id, { id, name: known ?? (typeof name === "string" ? name : undefined) });
  }
  return [...found.values()];
}

type Part = NonNullable<Scope["part"]>;

/** The entries of lists that are meant, are this kind's, and are about the person. */
export function entriesMeant<T extends object>(
  type: DocumentType<T>,
  document: T,
  person: UserId,
  scope: Scope & { readonly part: Part },
): readonly Values[] {
  return placesAbout(type, document, person).flatMap(({ entry: [list = "", index = ""] = [] }) => {
    const one = ((document as Values)[list] as Values | undefined)?.[index] as Values | undefined;
    return one !== undefined && isMeant(scope, list, one) ? [one] : [];
  });
}

/** Whether an entry of a list is meant. */
function isMeant({ part, item }: Scope, name: string, entry: unknown): boolean {
  if (part !== undefined && !isOf(part, name, entry)) return false;
  return item === undefined || (entry as Values | undefined)?.["id"] === item;
}

function holdsOf({ key }: Part, name: string): boolean {
  return name === key || isSharedList(name);
}

/** Whether an entry is what this kind keeps. */
function isOf({ key, deeds }: Part, name: string, entry: unknown): boolean {
  if (name === key) return true;
  const deed = isSharedList(name) ? (entry as Values)["deed"] : undefined;
  return typeof deed === "string" && deeds.includes(deed);
}

function fieldsOf<T extends object>({
  schema,
  records,
  added,
}: DocumentType<T>): ReadonlyMap<string, Held> {
  const def = definitionOf(schema);
  const shape = def.type === "object" ? def.shape : {};
  const own = [...records].flatMap(([name, record]) => {
    const field = shape[name];
    return field === undefined ? [] : [[name, { record, schema: field }] as const];
  });
  return new Map([...own, ...(added?.fields() ?? [])]);
}

/** The schemas that others have for entries of the document's own lists. */
function entrySchemas<T extends object>(
  { added }: DocumentType<T>,
  document: T,
): (name: string, index: string) => Schema | undefined {
  const known = new Map(
    (added?.values(document as Values) ?? []).map(({ path, schema }) => [path.join(" "), schema]),
  );
  return (name, index) => known.get(`${name} ${index}`);
}

/** What the entries of a list are; undefined where it is none. */
function elementOf(schema: Schema): Schema | undefined {
  const def = definitionOf(schema);
  if (def.type === "optional") return elementOf(def.innerType);
  return def.type === "array" ? def.element : undefined;
}
