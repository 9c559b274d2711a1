import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { restOfLine } from "../../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import type { UsherError } from "../../kernel/errors.ts";
import { asksFor } from "./ownWords.ts";

const rights = ["data", "export", "erase"] as const;
const meant = (line: string): readonly string[] => rights.filter((right) => asksFor(right)(line));

describe("R32 what is asked in somebody's own words", () => {
  it.each([
    ["what do you know about me?", "data"],
    ["Which data do you have on me", "data"],
    ["what information is stored about me", "data"],
    ["Datenauskunft", "data"],
    ["gdpr request please", "data"],
    ["Was weißt du über mich?", "data"],
    ["Was wisst ihr über mich?", "data"],
    ["was haben Sie über mich gespeichert", "data"],
    ["que savez-vous sur moi", "data"],
    ["show me my data", "data"],
    ["Auskunft nach Art. 15 DSGVO", "data"],
    ["Welche Daten habt ihr über mich?", "data"],
    ["Quelles données avez-vous sur moi ?", "data"],
    ["i want a copy of my data", "export"],
    ["Ich möchte meine Daten haben", "export"],
    ["Bitte eine Kopie meiner personenbezogenen Daten", "export"],
    ["Bitte löschen Sie alle meine personenbezogenen Daten", "erase"],
    ["Bitte alle meine Daten löschen", "erase"],
    ["Löschung meiner Daten nach Art. 17 DSGVO", "erase"],
    ["can I download my data?", "export"],
    ["send me a copy of my personal data", "export"],
    ["delete everything about me", "erase"],
    ["please remove all my messages", "erase"],
    ["erase my data", "erase"],
    ["forget me", "erase"],
    ["I want to use my right to be forgotten", "erase"],
    ["lösche alles über mich", "erase"],
    ["Vergiss mich!", "erase"],
    ["supprimez mes données", "erase"],
  ])("%s", (line, right) => {
    expect(meant(line)).toEqual([right]);
  });

  it.each([
    "remove meeting",
    "delete my widget",
    "remove jitsi-7k2m4q about me",
    "Daten 12345 löschen",
    "list",
    "add widget https://example.org/delete-my-data",
    "forget it",
    "show data",
    "remove jitsi about me@example.org",
    "what do you do?",
    "privacy data",
    "privacy erase all",
    "privacy export",
  ])("not: %s", (line) => {
    expect(meant(line)).toEqual([]);
  });
});

describe("R32, R36 a sentence to Usher about oneself", () => {
  const commands = [asks("privacy data", "data"), asks("privacy erase", "erase"), remove()];
  it.each([
    ["what do you know about me?", "privacy data"],
    ["remove everything about me", "privacy erase"],
    ["remove all my data", "privacy erase"],
  ])("%s: the command is said, and nothing is done", (line, command) => {
    expect(parseLine(line, commands)).toMatchObject({
      error: { code: "asked-freely", view: { command } },
    });
    const { error } = parseLine(line, commands) as { error: UsherError };
    expect(sentenceOf(error, { calledAs: "!usher" })).toContain(`!usher ${command}`);
  });
  it("remove meeting is a command", () => {
    expect(parseLine("remove meeting", commands)).toMatchObject({ input: { item: "meeting" } });
  });
});

function asks(words: string, right: "data" | "erase"): Command {
  const answer = (): never => {
    throw new Error("Nothing is to be done");
  };
  return defineCommand({
    words,
    parameters: {},
    askedFreely: asksFor(right),
    example: words,
    changes: false,
    answer,
  });
}

function remove(): Command {
  return defineCommand({
    words: "remove",
    parameters: { item: optional(restOfLine("item")) },
    example: "remove meeting",
    changes: true,
    needs: () => [],
    plan: () => Promise.reject(new Error("Nothing is to be done")),
    perform: () => Promise.reject(new Error("Nothing is to be done")),
  });
}
