import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { userId } from "../kernel/idSchemas.ts";
import type { UserId } from "../kernel/ids.ts";
import { actor, mixed, notAbout, ownWords, person } from "./fields.ts";
import { handedOut } from "./handedOut.ts";

const ann = "@ann:x" as UserId;
const bob = "@bob:x" as UserId;

const deed = z.strictObject({
  by: actor(userId),
  to: person(userId).optional(),
  words: z.string(),
  how: ownWords(z.string()),
  at: z.number(),
  is: z.enum(["done", "open"]),
  me: notAbout(z.string()).optional(),
  name: mixed(z.string()).optional(),
  before: mixed(z.record(z.string(), z.unknown())).optional(),
});

describe("R34 what is handed out of what somebody did", () => {
  it.each<[string, UserId, unknown, unknown]>([
    [
      "to them: what they said, and whom they named, but not what others had there before",
      ann,
      {
        by: ann,
        to: bob,
        words: "w",
        how: "h",
        at: 1,
        is: "done",
        me: "m",
        name: bob,
        before: { url: "b" },
      },
      { by: ann, to: bob, words: "w", how: "h", at: 1, is: "done", me: "m", name: bob },
    ],
    [
      "to whom they named: that it was done, and when",
      bob,
      {
        by: ann,
        to: bob,
        words: "w",
        how: "h",
        at: 1,
        is: "done",
        me: "m",
        name: ann,
        before: { url: "b" },
      },
      { by: "somebody else", to: bob, how: "h", at: 1, is: "done" },
    ],
    [
      "to whom a name is theirs",
      bob,
      { by: ann, words: "w", how: "h", at: 1, is: "open", name: bob },
      { by: "somebody else", how: "h", at: 1, is: "open", name: bob },
    ],
  ])("%s", (_name, who, value, expected) => {
    expect(handedOut(deed, value, who)).toEqual(expected);
  });

  it("inside what another did, what the person did is theirs, and the other way round", () => {
    const outer = z.strictObject({ by: actor(userId), words: z.string(), inner: deed.nullable() });
    const inner = { words: "inner", how: "h", at: 1, is: "done" };
    const value = { by: ann, words: "outer", inner: { by: bob, ...inner } };
    expect(handedOut(outer, value, ann)).toEqual({
      by: ann,
      words: "outer",
      inner: { by: "somebody else", how: "h", at: 1, is: "done" },
    });
    expect(handedOut(outer, value, bob)).toEqual({
      by: "somebody else",
      inner: { by: bob, ...inner },
    });
  });

  it("keeps places in lists, and leaves out other people's keys", () => {
    const schema = z.strictObject({
      list: z.array(deed),
      levels: z.record(person(userId), z.number()),
      either: z.union([z.strictObject({ a: actor(userId), t: z.string() }), z.number()]),
    });
    const one = { by: bob, words: "w", how: "h", at: 1, is: "done" };
    const value = { list: [one, { ...one, by: ann }], levels: { [ann]: 1, [bob]: 2 }, either: 3 };
    expect(handedOut(schema, value, ann)).toEqual({
      list: [
        { by: "somebody else", how: "h", at: 1, is: "done" },
        { by: ann, words: "w", how: "h", at: 1, is: "done" },
      ],
      levels: { [ann]: 1, "somebody else": 2 },
      either: 3,
    });
  });

  it("no word of one is in what the other gets, whatever they did", () => {
    const who = fc.constantFrom(ann, bob);
    const words = fc.string({ minLength: 1 });
    const schema = z.array(z.strictObject({ deed, more: z.array(deed) }));
    const done = (by: UserId): fc.Arbitrary<object> =>
      fc.record(
        {
          by: fc.constant(by),
          words: words.map((text) => `${by} wrote ${text}`),
          how: fc.constant("h"),
          at: fc.nat(),
          is: fc.constantFrom("done", "open"),
          before: fc.record({ url: fc.constant(`${ann} and ${bob} wrote`) }),
        },
        { requiredKeys: ["by", "words", "how", "at", "is"] },
      );
    const any = who.chain(done);
    fc.assert(
      fc.property(fc.array(fc.record({ deed: any, more: fc.array(any) })), (value) => {
        expect(JSON.stringify(handedOut(schema, value, ann))).not.toContain(bob);
        expect(JSON.stringify(handedOut(schema, value, bob))).not.toContain(ann);
      }),
    );
  });
});
