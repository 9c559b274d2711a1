import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { definitionOf, markOf, type Schema } from "./fields.ts";

/** In place of the id of another person. */
const SOMEBODY_ELSE = "somebody else";

type Values = Readonly<Record<string, unknown>>;

/** To whom it goes, and whether what is looked at is what they did themselves. */
interface Receiver {
  readonly person: UserId;
  readonly theirs: boolean;
}

/**
 * A copy of a value with what may be handed out to a person who asks for what is kept about them (R34, R38), and nothing of others (GDPR
 * article 15(4)): where they are the actor, what they said and whom they named; elsewhere their own id, times, numbers, and words of Usher's own.
 * Places in lists stay as they were.
 */
export function handedOut(schema: Schema, value: unknown, person: UserId): unknown {
  return copy(schema, value, { person, theirs: false });
}

function copy(schema: Schema, value: unknown, receiver: Receiver): unknown {
  const { person, theirs } = receiver;
  if (value === undefined || value === null) return value;
  switch (markOf(schema)) {
    case "actor":
      return value === person ? value : SOMEBODY_ELSE;
    case "person":
      return theirs || value === person ? value : SOMEBODY_ELSE;
    case "mixed":
      // What a room had before may be anybody's, whoever changed it.
      return typeof value === "string" && (theirs || value === person) ? value : undefined;
    case "own-words":
      return value;
    case "not-about":
      return theirs ? value : undefined;
    case "sealed":
      return undefined;
    case undefined:
      return copyOfParts(schema, value, receiver);
  }
}

function copyOfParts(schema: Schema, value: unknown, receiver: Receiver): unknown {
  const def = definitionOf(schema);
  if (def.type === "optional" || def.type === "nullable")
    return copy(def.innerType, value, receiver);
  if (def.type === "union") {
    const option = def.options.find((one) => z.safeParse(one, value).success);
    return option === undefined ? undefined : copy(option, value, receiver);
  }
  if (def.type === "array")
    return (value as readonly unknown[]).map((one) => copy(def.element, one, receiver));
  if (def.type === "record")
    return kept(
      Object.entries(value as Values).map(([key, one]) => [
        copy(def.keyType, key, receiver),
        copy(def.valueType, one, receiver),
      ]),
    );
  if (def.type === "object") {
    const inside = { ...receiver, theirs: acted(def.shape, value as Values, receiver) };
    return kept(
      Object.entries(def.shape).map(([key, one]) => [
        key,
        copy(one, (value as Values)[key], inside),
      ]),
    );
  }
  // Numbers, times and words out of a closed list say nothing of anybody else.
  return def.type !== "string" || receiver.theirs ? value : undefined;
}

/** Whether an object is what the person did: by its own actor where it has one, else as what it is in. */
function acted(
  shape: Readonly<Record<string, Schema>>,
  value: Values,
  { person, theirs }: Receiver,
): boolean {
  const actors = Object.entries(shape).flatMap(([key, one]) =>
    isActor(one) && value[key] !== undefined ? [value[key]] : [],
  );
  return actors.length === 0 ? theirs : actors.includes(person);
}

function isActor(schema: Schema): boolean {
  if (markOf(schema) === "actor") return true;
  const def = definitionOf(schema);
  return (def.type === "optional" || def.type === "nullable") && isActor(def.innerType);
}

function kept(entries: readonly (readonly [key: unknown, value: unknown])[]): Values {
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, unknown] => typeof entry[0] === "string" && entry[1] !== undefined,
    ),
  );
}
