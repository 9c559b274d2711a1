import { randomBytes } from "node:crypto";
import { z } from "zod";
import { asUserId, type RoomId, type UserId } from "../kernel/ids.ts";
import { definitionOf, markOf, type Schema } from "./fields.ts";
import type { DataRecord } from "./record.ts";
import type { ON_ERASURE } from "./terms.ts";

/** Who is forgotten, and what stands where their id cannot merely go. */
export interface Forgotten {
  readonly person: UserId;
  readonly standIn: UserId;
}

/**
 * What becomes of one thing: it goes, now or when all else has gone; it stays and no longer says whose it was; Usher must keep it;
 * or operators erase it by hand.
 */
export interface Fate {
  readonly record: DataRecord;
  readonly is: "erased" | "last" | "nameless" | "kept" | "by-hand";
  /** It becomes of one that counts as this where it lies: that one does not count. */
  readonly insteadOf?: "nameless";
}

/** What alone is meant, where not all is: one room, what one kind keeps of rooms, what has one id there. */
export interface Scope {
  readonly room?: RoomId | undefined;
  readonly item?: string | undefined;
  readonly part?: { readonly key: string; readonly deeds: readonly string[] } | undefined;
}

/** Everything. */
export function isAll({ room, part, item }: Scope): boolean {
  return room === undefined && part === undefined && item === undefined;
}

type OnErasure = keyof typeof ON_ERASURE;
type Values = Readonly<Record<string, unknown>>;

/** No homeserver can have this name (RFC 2606), so that nobody can ever have such an id. */
const NOBODYS_SERVER = "erased.invalid";

/** Stands for whoever has been erased where an id must stand. */
export const NOBODY = `@forgotten:${NOBODYS_SERVER}` as UserId;

/** An id that is nobody's, with a random word: all that stays of one erasure is told apart by it from what stays of others. */
export function makeStandIn(): UserId {
  return `@forgotten-${randomBytes(8).toString("hex")}:${NOBODYS_SERVER}` as UserId;
}

export function isStandIn(user: string): boolean {
  return user.endsWith(`:${NOBODYS_SERVER}`);
}

/**
 * Whether an entry of a list goes as a whole when a person is erased: where it is deleted, what they did; and what is about them and nothing else,
 * whoever did it.
 */
export function goesWith(
  schema: Schema,
  entry: unknown,
  person: UserId,
  onErasure: OnErasure,
): boolean {
  const def = definitionOf(schema);
  if (def.type !== "object" || (onErasure !== "delete" && onErasure !== "forget-name"))
    return false;
  return Object.entries(def.shape).some(([key, field]) => {
    const mark = markOf(field);
    const names = mark === "person" || (mark === "actor" && onErasure === "delete");
    return names && (entry as Values)[key] === person;
  });
}

/**
 * What stays of a value when a person is erased (R36): it no longer names them, and is of its schema still. Their id goes where it may be absent,
 * unless the record is pseudonymised; anywhere else the stand-in takes its place, also within longer texts. Nothing of others changes.
 */
export function withoutPerson(
  schema: Schema,
  value: unknown,
  forgotten: Forgotten,
  onErasure: OnErasure,
): unknown {
  if (value === undefined || value === null || onErasure === "delete-last") return value;
  const mark = markOf(schema);
  if (mark === "own-words" || mark === "not-about" || mark === "sealed") return value;
  if (mark !== undefined) return renamed(value, forgotten);
  const inside = (inner: Schema, one: unknown): unknown =>
    withoutPerson(inner, one, forgotten, onErasure);
  const def = definitionOf(schema);
  if (def.type === "optional" || def.type === "nullable") {
    if (onErasure !== "pseudonymise" && isId(def.innerType) && value === forgotten.person)
      return def.type === "optional" ? undefined : null;
    return inside(def.innerType, value);
  }
  if (def.type === "union") {
    const option = def.options.find((one) => z.safeParse(one, value).success);
    return option === undefined ? renamed(value, forgotten) : inside(option, value);
  }
  if (def.type === "array")
    return (value as readonly unknown[]).map((one) => inside(def.element, one));
  if (def.type === "record")
    return Object.fromEntries(
      Object.entries(value as Values).map(([key, one]) => [
        inside(def.keyType, key),
        inside(def.valueType, one),
      ]),
    );
  if (def.type === "object")
    return withoutPersonInFields(def.shape, value as Values, (inner, one) =>
      inner === undefined ? renamed(one, forgotten) : inside(inner, one),
    );
  return renamed(value, forgotten);
}

function withoutPersonInFields(
  shape: Readonly<Record<string, Schema>>,
  value: Values,
  next: (schema: Schema | undefined, one: unknown) => unknown,
): Values {
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, next(shape[key], one)] as const)
      .filter(([, one]) => one !== undefined),
  );
}

function isId(schema: Schema): boolean {
  const mark = markOf(schema);
  return mark === "person" || mark === "actor";
}

/** The value with the stand-in wherever the person's id is, in keys too. What has no schema of ours is treated so. */
export function renamed(value: unknown, forgotten: Forgotten): unknown {
  if (typeof value === "string") return renamedText(value, forgotten);
  if (Array.isArray(value)) return value.map((one) => renamed(one, forgotten));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      renamedText(key, forgotten),
      renamed(one, forgotten),
    ]),
  );
}

function renamedText(text: string, { person, standIn }: Forgotten): string {
  if (text === person) return standIn;
  // The id of another may hold this one, as that of the same name on a server of a longer name does.
  if (asUserId(text) !== undefined) return text;
  const [, ...inAddresses] = formsOf(person);
  return inAddresses.reduce(
    (left, form) => left.replaceAll(within(form), encodeURIComponent(standIn)),
    text.replaceAll(within(person), standIn),
  );
}

/** An id as it is, and as addresses have it. */
function formsOf(person: UserId): readonly [string, ...string[]] {
  const encoded = encodeURIComponent(person);
  return [person, encoded, encoded.replaceAll(/%../g, (sign) => sign.toLowerCase())];
}

/** The id, where it is not the beginning of a longer one. */
function within(id: string): RegExp {
  return new RegExp(`${RegExp.escape(id)}(?![\\w-]|[.:]\\w|%3[Aa]\\w)`, "g");
}

/** Whether a text holds the person's id, as it is or as addresses have it. */
export function namesPerson(text: string, person: UserId): boolean {
  return formsOf(person).some((form) => within(form).test(text));
}
