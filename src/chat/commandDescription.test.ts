import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import type { UserId } from "../kernel/ids.ts";
import { integer, offering, restOfLine, room, text, userId, word } from "./arguments.ts";
import { defineCommand, optional, required } from "./command.ts";
import { commandDescription, descriptionKey } from "./commandDescription.ts";
import { helpTemplate } from "./usage.ts";

const schema = new URL("../../test/fixtures/msc4391.schema.json", import.meta.url);
const isValid = new Ajv2020().compile(JSON.parse(readFileSync(schema, "utf8")) as object);

/** What is wrong with a description by the words of the proposal. */
function faults(description: ReturnType<typeof commandDescription>): readonly unknown[] {
  const keys = description.parameters.map(({ key }) => key);
  const doubled = keys.filter((key, index) => keys.indexOf(key) < index);
  return [...(isValid(description) ? [] : (isValid.errors ?? [])), ...doubled];
}

describe("a command's description (MSC4391)", () => {
  it.each(unheardCommands().map((command) => [command.words, command] as const))(
    "is as the proposal has it: %s",
    (words, command) => {
      const summary = sentenceOf({ template: helpTemplate(command), view: {} });
      const described = commandDescription(command, summary);
      expect(faults(described)).toEqual([]);
      expect(described.command).toBe(words);
      expect(Buffer.byteLength(JSON.stringify(described))).toBeLessThan(16_000);
    },
  );

  it("says of each value what type it is, by both kinds of types that the proposal knows, and which may be left out", () => {
    const command = defineCommand({
      words: "show it",
      parameters: {
        who: required(userId("user")),
        where: optional(room()),
        what: required(offering(text("entry"), () => ["jitsi", "etherpad"])),
        rest: optional(restOfLine("more")),
      },
      options: {
        level: optional(integer("level", 0, 100)),
        side: optional(word("side", ["a", "b"])),
      },
      flags: ["all"],
      example: "show it",
      changes: false,
      answer: () => Promise.reject(new Error("is not asked")),
    });
    const primitive = (type: string) => ({ schema_type: "primitive", type });
    const literal = (value: string) => ({ schema_type: "literal", literal_type: "string", value });
    const union = (...variants: readonly object[]) => ({ schema_type: "union", variants });
    const described = commandDescription(command, "shows it");
    expect(faults(described)).toEqual([]);
    expect(described.description).toEqual({ "m.text": [{ body: "shows it" }] });
    expect(
      described.parameters.map(({ key, schema, optional }) => [key, schema, optional]),
    ).toEqual([
      ["who", primitive("user_id"), undefined],
      ["where", union(primitive("room_id"), primitive("room_alias")), true],
      ["what", union(literal("jitsi"), literal("etherpad"), primitive("string")), undefined],
      ["rest", primitive("string"), true],
      ["level", primitive("integer"), true],
      ["side", union(literal("a"), literal("b")), true],
      ["all", primitive("boolean"), true],
    ]);
  });

  it("offers no more words than an event holds", () => {
    const command = defineCommand({
      words: "show",
      parameters: {
        what: required(
          offering(text("x"), () => Array.from({ length: 5000 }, (_, n) => `e${String(n)}`)),
        ),
      },
      example: "show x",
      changes: false,
      answer: () => Promise.reject(new Error("is not asked")),
    });
    const described = commandDescription(command, "shows it");
    expect(faults(described)).toEqual([]);
    expect(JSON.stringify(described).length).toBeLessThan(10_000);
  });

  it("stands under the padded base64 of the SHA-256 of the command and of whose it is", () => {
    // The proposal's own example.
    const key = "JBDLR6YMe+72yqsEMi/MVdTmjN3ynPThMz+M7QLATZQ=";
    expect(descriptionKey("ban", "@draupnir:draupnir.space" as UserId)).toBe(key);
  });
});
