import { expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Command } from "./command.ts";
import { tokenize } from "./tokenize.ts";
import { unknownCommand } from "./unknown.ts";

const NAMES = [
  ...["status", "doctor", "keys status", "keys add", "keys rewrap", "audit verify", "cases"],
];
const commands = [
  "list",
  "add webhook",
  "webhook resend",
  ...NAMES.map((name) => `admin ${name}`),
].map((words) => ({ words, parameters: {} }) as unknown as Command);

const said = (line: string): string =>
  sentenceOf(
    unknownCommand(line, tokenize(line).tokens, { commands, calledAs: "!usher" }, (whole) =>
      commands.some(({ words }) => words === whole),
    ),
  );

it("what begins commands by several words names those alone", () => {
  expect(said("admin keys")).toContain("`admin keys` needs one more word. There is:");
  expect(said("admin keys")).toContain("`!usher admin keys rewrap`");
  expect(said("admin keys nonsense")).toContain("`!usher admin keys rewrap`");
  for (const line of ["admin keys", "admin keys nonsense"])
    expect(said(line)).not.toMatch(/doctor|audit/);
  expect(said("admin")).toContain("`admin` needs one more word");
});

it("where more commands begin so than are listed, it is said where all are", () => {
  expect(said("admin")).toMatch(
    /`!usher admin keys rewrap`.* and 1 more, which `!usher help admin` lists/,
  );
  expect(said("admin keys")).not.toContain("more, which");
});

it("a word that begins one command may mean that another adds such a thing", () => {
  for (const line of ["webhook", "webhook builds"])
    expect(said(line)).toMatch(
      /^`webhook` needs one more word\. There is: `!usher add webhook` `!usher webhook resend`/,
    );
  expect(said("webhook resent")).toContain("Did you mean `!usher webhook resend`?");
});

it("a slip in a later word is found too", () => {
  expect(said("admin keys statsu")).toContain(
    "I know no command `admin keys statsu`. Did you mean `!usher admin keys status`?",
  );
  expect(said("admin key rewrap")).toContain("Did you mean `!usher admin keys rewrap`?");
  expect(said("admin docter")).toContain("Did you mean `!usher admin doctor`?");
  expect(said("admin nothing of that")).toContain("`admin` needs one more word");
});
