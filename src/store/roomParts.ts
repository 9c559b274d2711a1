import { z } from "zod";
import { eventId, userId } from "../kernel/idSchemas.ts";
import { fieldFaults, held, mentions, mixed, person, type Held } from "../privacy/fields.ts";
import type { DataRecord } from "../privacy/record.ts";
import type { AddedFields } from "./documents.ts";

/** What is known of each change that Usher made for somebody, whatever it is. */
export const CHANGED = {
  /** The command's event. */
  cause: eventId,
  person: person(userId),
  /** Ms since the epoch. */
  at: z.number(),
  /** What was done, in a word of its kind's own. */
  deed: z.string(),
  /** The thing, as people name it. Others give things any id and name, their own Matrix ID too. */
  id: mixed(z.string()),
  name: mixed(z.string()),
  /** The command that took it back. */
  undoneBy: eventId.optional(),
};

interface Definition<P extends object, C extends object> {
  /** Where it stands in a room's document: no other part may have the key. */
  readonly key: string;
  readonly record: DataRecord;
  readonly schema: z.ZodType<P>;
  readonly empty: P;
  /** What it did for people, so that it can be undone; `deed` tells it from what other parts did. */
  readonly change: z.ZodType<C>;
  readonly deeds: readonly string[];
}

/** What one kind keeps of a room: its part of the room's document, and what it did there. */
export interface RoomPart<P extends object, C extends object = object> extends Definition<P, C> {
  /** The part of this document; the empty one where it has none. Documents are checked when they are read and written. */
  of(room: object | undefined): P;
  /** The document with this in place of its part. */
  in<D extends object>(room: D, part: P): D;
  /** The change, if it is of this kind. */
  own(change: { readonly deed: string } | undefined): C | undefined;
}

type Values = Readonly<Record<string, unknown>>;

const defined: RoomPart<object>[] = [];

/** Defines a part of rooms' documents. Throws where its key or a deed is another's, and where a field leaves open whom it is about. */
export function defineRoomPart<P extends object, C extends object>(
  definition: Definition<P, C>,
): RoomPart<P, C> {
  const { key, schema, change, empty, deeds } = definition;
  const taken = defined.some(
    (one) => one.key === key || one.deeds.some((deed) => deeds.includes(deed)),
  );
  if (taken) throw new TypeError(`There is already a part of rooms' documents like "${key}".`);
  const faults = [
    ...fieldFaults(schema, `room.${key}`),
    ...fieldFaults(change, `room.changes (${key})`),
  ];
  if (faults.length > 0)
    throw new TypeError(
      `The part "${key}" of rooms' documents cannot be stored: ${faults.join("; ")}.`,
    );
  const part: RoomPart<P, C> = {
    ...definition,
    of: (room) => ((room as Values | undefined)?.[key] as P | undefined) ?? empty,
    in: (room, next) => ({ ...room, [key]: next }),
    own: (one) =>
      one !== undefined && deeds.includes(one.deed) ? (one as unknown as C) : undefined,
  };
  defined.push(part);
  return part;
}

/** What the kinds add to rooms' documents. What is of a kind that this Usher does not have stays as it is. */
export const ROOM_PARTS: AddedFields = {
  fields: (): ReadonlyMap<string, Held<z.ZodType>> =>
    new Map(defined.map(({ key, record, schema }) => [key, held(record, schema)])),
  shapes: () =>
    new Map(
      defined.flatMap(
        ({ key, schema, change }) =>
          [
            [key, schema],
            [`${key} (changes)`, change],
          ] as const,
      ),
    ),
  problems: (document) =>
    defined.flatMap(({ key, schema, change, deeds }) => [
      ...(key in document ? problemsIn(schema, document[key], [key]) : []),
      ...changesOf(document).flatMap((one, index) =>
        deeds.includes(String(one["deed"])) ? problemsIn(change, one, ["changes", index]) : [],
      ),
    ]),
  mentions: (document) =>
    defined.flatMap(({ key, schema, change, deeds }) => [
      ...(key in document ? mentions(schema, document[key], [key]) : []),
      ...changesOf(document).flatMap((one, index) =>
        deeds.includes(String(one["deed"]))
          ? mentions(change, one, ["changes", String(index)])
          : [],
      ),
    ]),
};

function changesOf(document: Values): readonly Values[] {
  return (document["changes"] as readonly Values[] | undefined) ?? [];
}

function problemsIn(
  schema: z.ZodType,
  value: unknown,
  path: readonly (string | number)[],
): readonly z.core.$ZodIssue[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}
