import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { isStandIn, makeStandIn, namesPerson } from "../privacy/erased.ts";
import { definitionOf, markOf, type Schema } from "../privacy/fields.ts";
// The kinds have their parts in rooms' documents.
import "../kinds/index.ts";
import { auditDocument } from "./audit.ts";
import { itemsAbout, type DocumentType } from "./documents.ts";
import { documentWithout, fatesOf } from "./erasing.ts";
import { roomDocument, type RoomDocument } from "./room.ts";
import { ROOM_PARTS } from "./roomParts.ts";

const ann = "@ann:example.org" as UserId;
const bob = "@bob:example.org" as UserId;
/** Others whose ids hold Ann's. */
const LONGER = ["@ann:example.org.uk", "@ann:example.org:8448", "@ann:example.organic"] as const;
const forgotten = { person: ann, standIn: makeStandIn() };
const EVENT = "$e:example.org" as EventId;
const ROOM = "!r:example.org" as RoomId;

const people = fc.constantFrom<string>(ann, bob, ...LONGER);
const texts = fc.oneof(
  fc.constantFrom("words", "$e:example.org", "!r:example.org", "2026-11"),
  people.map((id) => `for ${id}, please`),
  people.map((id) => `https://pad.example.org/?user=${encodeURIComponent(id)}&x=${id}#${id}.`),
);
const anything = fc.oneof(
  people,
  texts,
  fc.dictionary(fc.oneof(people, texts), fc.oneof(people, texts, fc.integer())),
);

/** Whatever fits the schema, with people wherever it lets them stand. */
function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const mark = markOf(schema);
  const fitting = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    values.filter((value) => z.safeParse(schema, value).success);
  if (mark === "own-words" || mark === "not-about")
    return fitting(fc.constantFrom<unknown>("own", {}, { step: "done" }, "@usher:example.org"));
  if (mark === "sealed") return fc.constant("0".repeat(64));
  if (mark !== undefined) return fitting(anything);
  const def = definitionOf(schema);
  if (def.type === "optional") return fc.option(valuesOf(def.innerType), { nil: undefined });
  if (def.type === "nullable") return fc.option(valuesOf(def.innerType), { nil: null });
  if (def.type === "object")
    return fc
      .record(
        Object.fromEntries(Object.entries(def.shape).map(([key, inner]) => [key, valuesOf(inner)])),
      )
      .map(withoutUndefined);
  if (def.type === "array") return fc.array(valuesOf(def.element), { maxLength: 4 });
  if (def.type === "record")
    return fc.dictionary(valuesOf(def.keyType) as fc.Arbitrary<string>, valuesOf(def.valueType));
  if (def.type === "enum") return fc.constantFrom(...Object.values(def.entries));
  if (def.type === "literal") return fc.constantFrom(...def.values);
  if (def.type === "number") return fc.nat();
  if (def.type === "boolean") return fc.boolean();
  return fitting(texts);
}

function withoutUndefined(value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

const rooms = fc
  .tuple(
    valuesOf(roomDocument.schema),
    ...[...ROOM_PARTS.shapes()].map(([name, schema]) =>
      (name.includes("(") ? fc.array(valuesOf(schema), { maxLength: 3 }) : valuesOf(schema)).map(
        (value) => [name, value] as const,
      ),
    ),
  )
  .map(([room, ...parts]): RoomDocument => {
    const listed = (list: string): unknown[] =>
      parts.flatMap(([name, value]) => (name.includes(`(${list})`) ? (value as unknown[]) : []));
    const own = Object.fromEntries(parts.filter(([name]) => !name.includes("(")));
    const fromLater = { kindOfNextYear: { askedBy: ann, note: `by ${ann}` } };
    const lists = { changes: listed("changes"), setUps: listed("setUps") };
    return { ...(room as RoomDocument), ...own, ...lists, ...fromLater } as RoomDocument;
  });
const audits = valuesOf(auditDocument.schema) as fc.Arbitrary<{ readonly entries: [] }>;

/** The document, with nobody in it whose id merely holds Ann's. */
function bytes(document: object): string {
  return LONGER.flatMap((id) => [encodeURIComponent(id), id]).reduce(
    (text, id) => text.replaceAll(id, "another"),
    JSON.stringify(document),
  );
}

/** Entries of its lists that hold nothing of Ann, as they stand. */
function entriesOfOthers(document: object): readonly unknown[] {
  return Object.values(document)
    .filter((list): list is unknown[] => Array.isArray(list))
    .flat()
    .filter((entry) => !namesAnn(entry));
}

function namesAnn(entry: unknown): boolean {
  return /@ann:example\.org|%40ann%3Aexample\.org/.test(bytes({ entry }));
}

function check<T extends object>(type: DocumentType<T>, document: T): void {
  expect(type.schema.safeParse(document).error).toBeUndefined();
  const left = documentWithout(type, document, forgotten);
  expect(namesAnn(left)).toBe(false);
  expect(itemsAbout(type, left, ann)).toEqual([]);
  expect(type.schema.safeParse(left).error).toBeUndefined();
  expect(entriesOfOthers(left)).toEqual(expect.arrayContaining([...entriesOfOthers(document)]));
  expect(documentWithout(type, left, { ...forgotten, standIn: makeStandIn() })).toBe(left);
  const fates = fatesOf(type, document, ann);
  expect(fates).toHaveLength(itemsAbout(type, document, ann).length);
}

describe("R36 a document without a person", () => {
  it("holds no byte of them, all of others, and is of its schema, whatever room it is of", () => {
    fc.assert(
      fc.property(rooms, (document) => {
        check(roomDocument, document);
      }),
      { numRuns: 50 },
    );
  });

  it("holds no byte of them, all of others, and is of its schema, whatever operators did", () => {
    fc.assert(
      fc.property(audits, (document) => {
        check(auditDocument, document);
      }),
    );
  });

  it("is the same document where it never named them", () => {
    const document = { ...roomDocument.empty(ROOM), inviter: bob, handled: [EVENT] };
    expect(documentWithout(roomDocument, document, forgotten)).toBe(document);
  });

  it("loses what they did, and keeps without their name what the room still uses", () => {
    const change = { cause: EVENT, at: 1, deed: "add", id: "w", name: "Pad" };
    const state = { type: "t", key: "w", before: null, after: { url: "https://pad.example.org" } };
    const record = {
      id: "w",
      url: "https://pad.example.org",
      name: "Pad",
      addedAt: 1,
      cause: EVENT,
    };
    const theirs = { ...record, addedBy: ann };
    const document = {
      ...roomDocument.empty(ROOM),
      inviter: ann,
      invitedAt: 5,
      greetedAt: 7,
      widgets: [theirs, { ...record, id: "v", addedBy: bob }],
      changes: [
        { ...change, person: ann, state, recordBefore: null, recordAfter: theirs },
        { ...change, person: bob, state, recordBefore: theirs, recordAfter: null, deed: "remove" },
      ],
    };
    expect(fatesOf(roomDocument, document, ann).map(({ record: { id }, is }) => [id, is])).toEqual([
      ["D2", "nameless"],
      ["D7-undo", "erased"],
      ["D7", "nameless"],
      ["D7-undo", "nameless"],
    ]);
    expect(documentWithout(roomDocument, document, forgotten)).toEqual({
      ...roomDocument.empty(ROOM),
      invitedAt: 5,
      greetedAt: 7,
      widgets: [record, { ...record, id: "v", addedBy: bob }],
      changes: [
        { ...change, person: bob, state, recordBefore: record, recordAfter: null, deed: "remove" },
      ],
    });
  });

  it("has the same stand-in for them in all that operators did", () => {
    const entry = { at: 1, who: ann, what: "admin leave", targets: [ROOM, ann], event: EVENT };
    const document = { entries: [entry, { ...entry, who: bob }] };
    const { standIn } = forgotten;
    expect(isStandIn(standIn)).toBe(true);
    expect(documentWithout(auditDocument, document, forgotten)).toEqual({
      entries: [
        { ...entry, who: standIn, targets: [ROOM, standIn] },
        { ...entry, who: bob, targets: [ROOM, standIn] },
      ],
    });
  });

  it("finds them in a text, and not in the id of another", () => {
    expect(namesPerson(`to ${ann}.`, ann)).toBe(true);
    for (const id of LONGER) expect(namesPerson(`to ${id}.`, ann)).toBe(false);
  });
});
