import { z } from "zod";
import { eventId, userId } from "../kernel/idSchemas.ts";
import { actor, fieldFaults, held, mixed, ownWords, type Held } from "../privacy/fields.ts";
import type { DataRecord } from "../privacy/record.ts";
import type { AddedFields, AddedValue } from "./definition.ts";

/** What is known of each change that Usher made for somebody, whatever it is. */
export const CHANGED = {
  /** The command's event. */
  cause: eventId,
  person: actor(userId),
  /** Ms since the epoch. */
  at: z.number(),
  /** What was done, in a word of its kind's own. */
  deed: ownWords(z.string()),
  /** The thing, as people name it. Others give things any id and name, their own Matrix ID too. */
  id: mixed(z.string()),
  name: mixed(z.string()),
  /** The command that took it back. */
  undoneBy: eventId.optional(),
};

/** How far a set-up of several steps has come, whatever it sets up. */
export const SETTING_UP = {
  /** The command's event: what the steps send is named after it. */
  cause: eventId,
  person: actor(userId),
  /** When it was begun; ms since the epoch. */
  at: z.number(),
  /** What is done, in a word of its kind's own. */
  deed: ownWords(z.string()),
  /** The thing that is to come of it, as people name it. */
  id: mixed(z.string()),
  name: mixed(z.string()),
  /** The step that is being done, waited for or taken back. */
  step: ownWords(z.string()),
  /** `stopped`: nothing more happens by itself. `done`, `undone`: only saying so is left. */
  state: z.enum(["doing", "undoing", "stopped", "done", "undone"]),
  /** What came of steps, by their names, each in a word of its kind's own. */
  results: ownWords(z.record(z.string(), z.string())),
  /** Since when the step waits; ms since the epoch. */
  waitingSince: z.number().optional(),
  /** Why it is taken back, or stopped. */
  failure: z
    .strictObject({
      /** The step that failed; absent where it was the taking back alone. */
      step: z.string().optional(),
      /** As an error that people can see. */
      code: ownWords(z.string()),
      view: mixed(z.record(z.string(), z.unknown())),
      /** Ms since the epoch. */
      at: z.number(),
      /** Whoever asked has been told, or a command that is not over will tell them. */
      told: z.boolean(),
    })
    .optional(),
  /** The command that took it up again. */
  resumedBy: eventId.optional(),
};

interface Definition<P extends object, C extends object, S extends object> {
  /** Where it stands in a room's document: no other part may have the key. */
  readonly key: string;
  readonly record: DataRecord;
  readonly schema: z.ZodType<P>;
  readonly empty: P;
  /** What it did for people, so that it can be undone; `deed` tells it from what other parts did. */
  readonly change: z.ZodType<C>;
  readonly deeds: readonly string[];
  /** What it is setting up, where that takes several steps; told by `deed` too. */
  readonly setUp?: z.ZodType<S>;
  /** By version of rooms' documents, what becomes of what is this kind's in a document on its way to the next. */
  readonly migrations?: Readonly<Record<number, (room: Values) => Values>>;
}

/** What one kind keeps of a room: its part of the room's document, what it did there, and what it has half done. */
export interface RoomPart<
  P extends object,
  C extends object = object,
  S extends object = object,
> extends Definition<P, C, S> {
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
export function defineRoomPart<P extends object, C extends object, S extends object = never>(
  definition: Definition<P, C, S>,
): RoomPart<P, C, S> {
  const { key, schema, empty, deeds } = definition;
  const taken = defined.some(
    (one) => one.key === key || one.deeds.some((deed) => deeds.includes(deed)),
  );
  if (taken) throw new TypeError(`There is already a part of rooms' documents like "${key}".`);
  const faults = [
    ...fieldFaults(schema, `room.${key}`),
    ...entrySchemas(definition).flatMap(([list, entry]) =>
      fieldFaults(entry, `room.${list} (${key})`),
    ),
  ];
  if (faults.length > 0)
    throw new TypeError(
      `The part "${key}" of rooms' documents cannot be stored: ${faults.join("; ")}.`,
    );
  const part: RoomPart<P, C, S> = {
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
      defined.flatMap((part) => [
        [part.key, part.schema] as const,
        ...entrySchemas(part).map(([list, entry]) => [`${part.key} (${list})`, entry] as const),
      ]),
    ),
  values: inParts,
};

/** A room's document of this version, with what is the kinds' own as of the next. */
export function withMigratedParts(version: number, room: Values): Values {
  return defined.reduce((one, { migrations = {} }) => migrations[version]?.(one) ?? one, room);
}

/** The lists of rooms' documents that all kinds share, each entry told by its `deed`. */
const SHARED_LISTS = { change: "changes", setUp: "setUps" } as const;

export function isSharedList(name: string): boolean {
  return Object.values<string>(SHARED_LISTS).includes(name);
}

function entrySchemas({
  change,
  setUp,
}: Pick<RoomPart<object>, "change" | "setUp">): readonly (readonly [string, z.ZodType])[] {
  return [
    [SHARED_LISTS.change, change],
    ...(setUp === undefined ? [] : [[SHARED_LISTS.setUp, setUp] as const]),
  ];
}

/** All that is the kinds' own in a document. */
function inParts(document: Values): readonly AddedValue[] {
  return defined.flatMap((part) => [
    ...(part.key in document
      ? [{ schema: part.schema, value: document[part.key], path: [part.key] }]
      : []),
    ...entrySchemas(part).flatMap(([list, schema]) =>
      entriesOf(document, list).flatMap((value, index) =>
        part.deeds.includes(String(value["deed"]))
          ? [{ schema, value, path: [list, String(index)] }]
          : [],
      ),
    ),
  ]);
}

function entriesOf(document: Values, list: string): readonly Values[] {
  return (document[list] as readonly Values[] | undefined) ?? [];
}
