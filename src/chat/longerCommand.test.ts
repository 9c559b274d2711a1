import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import type { UsherError } from "../kernel/errors.ts";
import { parseLine } from "./parse.ts";

/** What a line that is not understood is answered. */
function refusal(line: string): string {
  const parsed = parseLine(line, unheardCommands(), "!usher");
  if (!("error" in parsed)) throw new Error(`understood: ${line}`);
  const { code, view }: UsherError = parsed.error;
  return sentenceOf({ template: `error/${code}`, view });
}

const LISTS = "`!usher help privacy` lists all that begins with `privacy`.";

describe("a word after a command that takes none, and begins longer ones", () => {
  it.each([
    ["privacy dta", "privacy data"],
    ["privacy exprt here", "privacy export here"],
    ["privacy retension", "privacy retention"],
  ])("%s: %s was meant", (line, meant) => {
    expect(refusal(line)).toContain(`Did you mean \`!usher ${meant}\`?`);
  });

  it.each(["privacy help", "privacy nonsense", "privacy 7"])("%s: where all are listed", (line) => {
    expect(refusal(line)).toContain(LISTS);
    expect(refusal(line)).not.toContain("Did you mean");
  });

  it("is no way out of a command that has none below it, nor of a switch", () => {
    expect(refusal("status sandwich")).not.toContain("lists all that begins");
    expect(refusal("privacy data sandwich")).not.toContain("lists all that begins");
  });
});

describe("R28, R39 what is missing of an erasure or an objection", () => {
  it("is said where only what comes last was given", () => {
    for (const last of ["here", "now", "NOW here"])
      expect(refusal(`privacy erase ${last}`)).toContain(
        "comes last. Something is missing before it: all, a kind or an id.",
      );
  });

  it("comes with what there is to choose from", () => {
    const choose = "Choose one of: `all` `widgets` `bots`";
    expect(refusal("privacy object")).toContain(`Something is missing: kind or id. ${choose}`);
  });

  it("the word that confirms is understood where people look for it too", () => {
    expect(parseLine("privacy confirm rabosutili", unheardCommands())).toMatchObject({
      command: { words: "confirm" },
      input: { word: "rabosutili" },
    });
  });
});
