import type { UserId } from "../kernel/ids.ts";
import { definitionOf, isCorrectable, markOf, type Schema } from "../privacy/fields.ts";
import { ROOM_PARTS } from "./roomParts.ts";
import type { RoomDocument } from "./room.ts";

type Values = Readonly<Record<string, unknown>>;

/** Something that somebody put into a room, with what of its record they can correct. */
export interface CorrectableThing {
  /** The key of its kind's part. */
  readonly part: string;
  readonly id: string;
  readonly fields: readonly { readonly field: string; readonly value: string }[];
}

/** What a person can correct of what is kept of a room: of the entries of kinds' parts that they made, the fields that are marked so. */
export function correctableIn(document: RoomDocument, person: UserId): readonly CorrectableThing[] {
  return ROOM_PARTS.values(document).flatMap(({ schema, value, path: [part = "", ...inside] }) => {
    const entry = inside.length === 0 ? entrySchema(schema) : undefined;
    if (entry === undefined) return [];
    return (value as readonly Values[]).flatMap((one) => {
      const { id } = one;
      const mine = entry.some(([key, field]) => isActor(field) && one[key] === person);
      if (!mine || typeof id !== "string") return [];
      const fields = entry.flatMap(([key, field]) => fieldsOf(key, field, one[key]));
      return fields.length === 0 ? [] : [{ part, id, fields }];
    });
  });
}

/** The fields of the entries of a list; undefined where it is none of such. */
function entrySchema(schema: Schema): readonly (readonly [string, Schema])[] | undefined {
  const list = definitionOf(schema);
  const entry = list.type === "array" ? definitionOf(list.element) : undefined;
  return entry?.type === "object" ? Object.entries(entry.shape) : undefined;
}

function fieldsOf(key: string, schema: Schema, value: unknown): CorrectableThing["fields"] {
  if (!isCorrectable(bare(schema)) || value === undefined) return [];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([field, one]) => ({ field, value: String(one) }));
  return [{ field: key, value: typeof value === "string" ? value : JSON.stringify(value) }];
}

function isActor(schema: Schema): boolean {
  return markOf(bare(schema)) === "actor";
}

/** Without that it may be absent. */
function bare(schema: Schema): Schema {
  const def = definitionOf(schema);
  return def.type === "optional" ? bare(def.innerType) : schema;
}
