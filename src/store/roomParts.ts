import type { z } from "zod";
import type { UserId } from "../kernel/ids.ts";

interface Definition<P extends object, C extends object> {
  /** Where it stands in a room's document: no other part may have the key. */
  readonly key: string;
  readonly schema: z.ZodType<P>;
  readonly empty: P;
  /** What it did for people, so that it can be undone; `deed` tells it from what other parts did. */
  readonly change: z.ZodType<C>;
  readonly deeds: readonly string[];
  /** Everybody whom its part, and a change of its own, is about. */
  readonly people: (part: P) => readonly UserId[];
  readonly peopleOfChange: (change: C) => readonly UserId[];
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

const defined: RoomPart<object>[] = [];

/** Defines a part of rooms' documents. Throws where its key or one of its deeds is another's. */
export function defineRoomPart<P extends object, C extends object>(definition: Definition<P, C>): RoomPart<P, C> {
  const { key, empty, deeds } = definition;
  const taken = defined.some((one) => one.key === key || one.deeds.some((deed) => deeds.includes(deed)));
  if (taken) throw new TypeError(`There is already a part of rooms' documents like "${key}".`);
  const part: RoomPart<P, C> = {
    ...definition,
    of: (room) => ((room as Readonly<Record<string, unknown>> | undefined)?.[key] as P | undefined) ?? empty,
    in: (room, next) => ({ ...room, [key]: next }),
    own: (change) => (change !== undefined && deeds.includes(change.deed) ? (change as unknown as C) : undefined),
  };
  defined.push(part as unknown as RoomPart<object>);
  return part;
}

/** Every part that the modules loaded so far have defined. */
export function roomParts(): readonly RoomPart<object>[] {
  return defined;
}
