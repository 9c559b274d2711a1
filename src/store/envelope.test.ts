import { describe, expect, it } from "vitest";
import { z } from "zod";
import { held } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { defineDocument } from "./documents.ts";
import { openEnvelope, parseEnvelope, sealEnvelope } from "./envelope.ts";

const definition = {
  kind: "word",
  version: 3,
  shape: { word: held(ACCOUNT, z.string()) },
  empty: () => ({ word: "" }),
  migrations: {
    1: (old: unknown) => ({ said: (old as { readonly text: string }).text }),
    2: (old: unknown) => ({ word: (old as { readonly said: string }).said }),
  },
};
const word = defineDocument(definition);

describe("what a file holds is", () => {
  it.each([
    ["an envelope", '{"version":1,"id":"a","document":{}}', { version: 1, id: "a", document: {} }],
    ["no JSON", '{"version":1', "not-json"],
    ["empty", "", "not-json"],
    ["something else", '{"word":"x"}', "not-an-envelope"],
    ["of no version", '{"version":0,"id":"a","document":{}}', "not-an-envelope"],
    ["more than an envelope", '{"version":1,"id":"a","document":{},"x":1}', "not-an-envelope"],
  ])("%s", (_what, text, expected) => {
    expect(parseEnvelope(text)).toEqual(expected);
  });
});

describe("a stored document", () => {
  const open = (version: number, document: unknown, type = word, belongs?: boolean) =>
    openEnvelope(
      type,
      { version, id: "a", document },
      belongs === undefined ? undefined : (id) => id === "a" && belongs,
    );

  it("of this version is opened as it is, and cannot be changed", () => {
    const opened = open(3, { word: "hello" });
    expect(opened).toEqual({
      ok: true,
      id: "a",
      document: { word: "hello" },
      oldVersion: undefined,
    });
    expect(opened.ok && Object.isFrozen(opened.document)).toBe(true);
  });

  it("of an older version is brought through every version since", () => {
    expect(open(1, { text: "hello" })).toMatchObject({
      document: { word: "hello" },
      oldVersion: 1,
    });
    expect(open(2, { said: "hello" })).toMatchObject({
      document: { word: "hello" },
      oldVersion: 2,
    });
  });

  it.each([
    ["of a newer version", open(4, { word: "x" }), "newer-version"],
    ["that is not of its schema", open(3, { word: 1 }), "not-of-its-schema"],
    ["whose migration makes something else", open(2, { said: 1 }), "migration-failed"],
    ["whose migration throws", open(1, undefined), "migration-failed"],
    [
      "that has no migration",
      open(1, { text: "x" }, Object.assign({}, word, { migrations: {} })),
      "migration-failed",
    ],
    ["that belongs elsewhere", open(3, { word: "x" }, word, false), "misplaced"],
    ["of a newer version that belongs elsewhere", open(4, {}, word, false), "misplaced"],
  ])("%s is not opened", (_what, opened, reason) => {
    expect(opened).toEqual({ ok: false, reason });
  });

  it("that belongs where it was found is opened", () => {
    expect(open(3, { word: "x" }, word, true).ok).toBe(true);
  });
});

describe("a document that is about to be stored", () => {
  it("gets its version and id, and is as its schema has it", () => {
    expect(sealEnvelope(word, "a", { word: "hello" })).toEqual({
      version: 3,
      id: "a",
      document: { word: "hello" },
    });
  });

  it("that does not fit is refused, and nothing of it quoted", () => {
    const wrong = { word: 5 as unknown as string };
    expect(() => sealEnvelope(word, "a", wrong)).toThrow(
      "A word document does not fit its schema: word (invalid_type).",
    );
    expect(() => sealEnvelope(word, "a", 5 as unknown as { word: string })).toThrow("the whole");
    const later = Promise.resolve({ word: "x" }) as unknown as { word: string };
    expect(() => sealEnvelope(word, "a", later)).toThrow("must not be asynchronous");
  });
});
