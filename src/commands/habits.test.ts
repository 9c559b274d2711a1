import { describe, expect, it } from "vitest";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { SAMPLES } from "../../templates/samples.ts";
import { ofSamples } from "../../test/harness/saidSentences.ts";
import { beginsWithCommand } from "../chat/commandIn.ts";
import { parseLine } from "../chat/parse.ts";
import { createRenderer } from "../chat/render.ts";
import { loadTemplates } from "../chat/templates.ts";

const commands = unheardCommands();
const renderer = createRenderer(loadTemplates());

/** The words of the command that a line is, or what Usher says of it. */
function heard(line: string): string {
  const parsed = parseLine(line, commands, "!usher");
  if (!("error" in parsed)) return parsed.command.words;
  return renderer.renderError(parsed.error, { calledAs: "!usher", usher: "@usher:example.org" })
    .body;
}

describe("first words that people know from elsewhere", () => {
  it.each([
    ["list widgets", "list"],
    ["list all", "list"],
    ["widgets", "list"],
    ["LIST\u200b", "list"],
    ["ｌｉｓｔ", "list"],
    ["delete pad-1", "remove"],
    ["addwidget https://pad.example.org/", "add widget"],
    ["?", "help"],
    ["--help", "help"],
    ["add widget --help", "help"],
    ["help widgets", "help"],
    ["add sticker cat-wave", "stickers add"],
    ["add sticker pack", "add stickers"],
    ["stickers import", "add stickers"],
    ["make stickers Cats", "stickers new"],
    ["stickers create Cats", "stickers new"],
    ["create sticker pack Cats", "stickers new"],
    ["stickers remove cat-wave", "stickers drop"],
    ["hello", "hello"],
    ["Hi there, can you help?", "hello"],
    ["thank you!", "thanks"],
  ])("%s is %s", (line, words) => {
    expect(heard(line)).toBe(words);
  });

  it.each([
    [
      "add https://pad.example.org/p/x",
      "Did you mean `!usher add widget https://pad.example.org/p/x`?",
    ],
    ["add jitsi", "Did you mean `!usher add widget jitsi`?"],
    ["add jitsi name=x", "Did you mean `!usher add widget jitsi name=x`?"],
    ["add a jitsi widget please", "Did you mean `!usher add widget jitsi`?"],
    ["add @poll:example.org", "Did you mean `!usher add bot @poll:example.org`?"],
    ["remove pad-1 --yse", "Did you mean `!usher remove pad-1 --yes`?"],
    ["add widget jitsi --yse", "Did you mean `!usher add widget jitsi --yes`?"],
    [
      "add widget name=x jitsi call --yse",
      "Did you mean `!usher add widget name=x jitsi call --yes`?",
    ],
    ["add widget jitsi name=Team call", 'Did you mean `!usher add widget jitsi name="Team call"`?'],
    [
      "set pad-1 name=Team call rooms url=https://x.example",
      'Did you mean `!usher set pad-1 name="Team call rooms" url=https://x.example`?',
    ],
    ["add widget jitsi --force", "There is no `--force` here."],
    [
      "add widget jitsi --yse name=x",
      "There is no `--yse` here. Did you mean `!usher add widget jitsi --yes name=x`?",
    ],
    ["add widget jitsi name=", "The name is empty"],
    ['add widget jitsi name="Team call', "never closed"],
    ['add widget jitsi name="Team call" standup', 'such as `name="Team call"`'],
  ])("%s: %s", (line, said) => {
    expect(heard(line)).toContain(said);
  });

  it.each(["how do I add a video", "how are you", "what can you do"])(
    "%s is met with help, not with a guess",
    (line) => {
      expect(heard(line)).toBe(
        "I understand no sentences, only commands. `!usher help` lists them.",
      );
    },
  );

  it("add alone says what can be added, not that there is no such command", () => {
    expect(heard("add jitsi")).toContain("`add` needs one more word");
    for (const line of ["add jitsi", "add https://pad.example.org/", "add", "add something"]) {
      expect(heard(line)).not.toContain("I know no command");
      expect(heard(line)).toContain("!usher add widget");
    }
    expect(heard("add")).toContain("!usher add bot");
    expect(heard("add something")).toContain("!usher add bot");
  });

  it("a greeting is returned, and stands in no list of commands", () => {
    const { body } = renderer.render(
      { template: "hello", view: {} },
      { calledAs: "!usher", usher: "@usher:example.org" },
    );
    expect(body).toContain("`!usher help`");
    // "Usher thanks everybody" is said to the others.
    expect(beginsWithCommand("thanks everybody", commands)).toBe(false);
    expect(commands.filter(({ unlisted }) => unlisted === true).map(({ words }) => words)).toEqual([
      "hello",
      "thanks",
    ]);
  });

  it("quotes are advised only where they would help", () => {
    expect(heard("status now")).not.toContain("quotes");
    expect(heard("remove pad-1 --force")).not.toContain("quotes");
    expect(heard("add bot Poll helper")).toContain("quotes");
  });

  it("values in any order stay what they are", () => {
    const parsed = parseLine("add widget name=x jitsi room", commands, "!usher");
    expect(parsed).toHaveProperty("input.settings", {
      main: "room",
      named: new Map([["name", "x"]]),
    });
  });
});

describe("an advice that quotes a command", () => {
  it("quotes one that Usher takes, in every answer", () => {
    const refused: string[] = [];
    let quoted = 0;
    for (const [template, views] of Object.entries(SAMPLES)) {
      // Lists the other names of a command, without what must follow them.
      if (template === "help-command") continue;
      for (const view of views) {
        const { body } = ofSamples(() =>
          renderer.render({ template, view }, { calledAs: "!usher" }),
        );
        for (const [, line = ""] of body.matchAll(/`!usher([^`]*)`/g)) {
          // How a command is written, with places to fill in, is not a command.
          if (/[<[…]/u.test(line)) continue;
          quoted += 1;
          const parsed = parseLine(line, commands, "!usher");
          if ("error" in parsed) refused.push(`${template}: ${line}`);
        }
      }
    }
    expect(quoted).toBeGreaterThan(40);
    expect(refused).toEqual([]);
  });

  it("has examples that are such commands", () => {
    for (const { words, example } of commands)
      expect([example, heard(example)]).toEqual([example, words]);
  });
});
