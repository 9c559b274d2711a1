import { describe, expect, it } from "vitest";
import { z } from "zod";
import { userId } from "../kernel/idSchemas.ts";
import { fieldFaults, mentions, mixed, notAbout, person, unmarked } from "./fields.ts";

const who = person(userId);
const people = (schema: z.ZodType, value: unknown): readonly string[] =>
  mentions(schema, value).map((one) => `${one.path.join(".")} ${one.person}`);

describe("who is in a document", () => {
  it.each<[string, z.ZodType, unknown, readonly string[]]>([
    ["a field", z.strictObject({ a: who }), { a: "@a:x" }, ["a @a:x"]],
    [
      "what may be absent",
      z.strictObject({ a: who.optional(), b: who.optional() }),
      { b: "@b:x" },
      ["b @b:x"],
    ],
    [
      "what may be null",
      z.strictObject({ a: who.nullable(), b: who.nullable() }),
      { a: null, b: "@b:x" },
      ["b @b:x"],
    ],
    [
      "a list",
      z.array(z.strictObject({ a: who })),
      [{ a: "@a:x" }, { a: "@b:x" }],
      ["0.a @a:x", "1.a @b:x"],
    ],
    ["a record's values", z.record(z.string(), who), { one: "@a:x" }, ["one @a:x"]],
    ["a record's keys", z.record(who, z.number()), { "@a:x": 1 }, ["@a:x @a:x"]],
    [
      "what extends another",
      z.strictObject({ a: who }).extend({ b: who }),
      { a: "@a:x", b: "@b:x" },
      ["a @a:x", "b @b:x"],
    ],
    [
      "one of several",
      z.union([z.strictObject({ a: who }), z.strictObject({ b: z.string() })]),
      { a: "@a:x" },
      ["a @a:x"],
    ],
    [
      "one of several that say which they are",
      z.discriminatedUnion("is", [
        z.strictObject({ is: z.literal("a"), who }),
        z.strictObject({ is: z.literal("b"), name: z.string() }),
      ]),
      { is: "a", who: "@a:x" },
      ["who @a:x"],
    ],
    [
      "what may be anything",
      mixed(z.record(z.string(), z.unknown())),
      { deep: [{ "@a:x": 1 }, "@b:x", "to @c:x"] },
      ["deep.0.@a:x @a:x", "deep.1 @b:x"],
    ],
    ["ids that are about nobody", z.strictObject({ me: notAbout(userId) }), { me: "@me:x" }, []],
  ])("is found in %s", (_, schema, value, expected) => {
    expect(people(schema, value)).toEqual(expected);
    expect(fieldFaults(schema, "it")).toEqual([]);
    expect(unmarked(schema, value)).toEqual([]);
  });

  it("is seen by tests where somebody's id was stored as a mere string", () => {
    const forgotten = z.strictObject({
      list: z.array(z.strictObject({ addedBy: z.string(), name: z.string() })),
    });
    expect(unmarked(forgotten, { list: [{ addedBy: "@a:x", name: "of @a:x" }] })).toEqual([
      { person: "@a:x", acted: false, path: ["list", "0", "addedBy"], entry: ["list", "0"] },
    ]);
  });
});

describe("a schema that leaves open whom it is about", () => {
  it.each<[string, z.ZodType, RegExp]>([
    [
      "the shared schema of ids",
      z.strictObject({ widgets: z.array(z.strictObject({ addedBy: userId })) }),
      /^room\.widgets\[\]\.addedBy is a Matrix ID/,
    ],
    [
      "one written by hand",
      z.strictObject({ by: z.string().startsWith("@").optional() }),
      /^room\.by is a Matrix ID/,
    ],
    [
      "one by a pattern",
      z.strictObject({ by: z.string().regex(/^@/) }),
      /^room\.by is a Matrix ID/,
    ],
    [
      "a key of a record",
      z.strictObject({ users: z.record(userId, z.number()) }),
      /^room\.users \(keys\) is a Matrix ID/,
    ],
    [
      "one of several",
      z.union([z.strictObject({ by: userId }), z.number()]),
      /^room\.by is a Matrix ID/,
    ],
    [
      "what may be anything",
      z.strictObject({ content: z.record(z.string(), z.unknown()) }),
      /^room\.content \(values\) may be anything/,
    ],
    [
      "what nobody looks into",
      z.strictObject({ pair: z.tuple([z.string()]) }),
      /^room\.pair is of the kind "tuple"/,
    ],
  ])("is a fault: %s", (_, schema, words) => {
    expect(fieldFaults(schema, "room")).toEqual([expect.stringMatching(words)]);
  });
});
