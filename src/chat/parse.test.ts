import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { httpsUrl, integer, restOfLine, text, userId, word } from "./arguments.ts";
import { defineCommand, optional, required, type Answer, type Command } from "./command.ts";
import { beginsWithCommand } from "./commandIn.ts";
import { parseLine } from "./parse.ts";

const done: Answer = { template: "done", view: {} };
const answer = (): Promise<Answer> => Promise.resolve(done);
const telling = { parameters: {}, changes: false, answer } as const;
const changing = {
  changes: true,
  deed: "add-widget",
  needs: () => [],
  plan: () => Promise.resolve({ preview: { template: "undo/preview", view: {} } as const }),
  perform: answer,
} as const;

const commands: readonly Command[] = [
  defineCommand({
    ...telling,
    words: "help",
    parameters: { command: optional(restOfLine("command")) },
    example: "help",
  }),
  defineCommand({ ...telling, words: "list", aliases: ["ls", "show all"], example: "list" }),
  defineCommand({
    ...telling,
    words: "show",
    parameters: { id: required(text("id")) },
    example: "show board",
  }),
  defineCommand({
    ...changing,
    words: "add widget",
    parameters: { url: required(httpsUrl()) },
    options: { name: optional(text("name", 40)), maxWidth: optional(integer("width", 1, 9)) },
    flags: ["pin"],
    example: "add widget https://example.org",
  }),
  defineCommand({
    ...changing,
    words: "add bot",
    parameters: { user: required(userId()), kind: optional(word("kind", ["a", "b"])) },
    example: "add bot @b:c",
  }),
  defineCommand({
    ...changing,
    words: "remove",
    parameters: { id: required(text("id")) },
    example: "remove board",
  }),
  defineCommand({
    ...changing,
    words: "privacy correct",
    parameters: { what: required(text("what")), to: required(restOfLine("text")) },
    example: "privacy correct name Ann",
  }),
  defineCommand({ ...telling, words: "privacy", example: "privacy" }),
];

const understood = (line: string) => {
  const parsed = parseLine(line, commands, "!usher");
  if ("error" in parsed) throw parsed.error;
  return [parsed.command.words, { ...(parsed.input as object) }, parsed.yes];
};
const refused = (line: string) => {
  const parsed = parseLine(line, commands, "!usher");
  if (!("error" in parsed)) throw new Error(`${line} was understood`);
  return { code: parsed.error.code, ...parsed.error.view };
};

describe("parseLine", () => {
  it.each([
    ["list", "list"],
    ["LIST", "list"],
    [" list ", "list"],
    ["ls", "list"],
    ["list?", "list"],
    ["Privacy.", "privacy"],
    ["show all", "list"],
    ["", "help"],
    ["   ", "help"],
  ])("knows the command in %j", (line, words) => {
    expect(understood(line)[0]).toBe(words);
  });

  it("takes the longest words that are a command", () => {
    expect(understood("show board")).toEqual(["show", { id: "board" }, false]);
    expect(understood("show all")).toEqual(["list", {}, false]);
    expect(understood("privacy correct name Ann")[0]).toBe("privacy correct");
  });

  it("takes values, named values and flags in any order", () => {
    const expected = [
      "add widget",
      { url: new URL("https://x.org"), name: "Team notes", maxWidth: 3, pin: true },
      true,
    ];
    expect(understood('add widget https://x.org name="Team notes" maxwidth=3 --pin --yes')).toEqual(
      expected,
    );
    expect(
      understood("--yes add —pin widget name=“Team notes” --maxWidth=3 <https://x.org>"),
    ).toEqual(expected);
    expect(understood("add widget url=https://x.org")).toEqual([
      "add widget",
      { url: new URL("https://x.org"), name: undefined, maxWidth: undefined, pin: false },
      false,
    ]);
  });

  it("keeps the rest of a line as it was typed", () => {
    const rest = (line: string) => understood(line)[1];
    expect(rest('privacy correct name it\'s "Ann"  B=C --not a flag')).toEqual({
      what: "name",
      to: 'it\'s "Ann"  B=C --not a flag',
    });
    expect(rest('privacy correct name "Ann B"')).toEqual({ what: "name", to: "Ann B" });
    expect(rest('privacy correct name "Ann')).toEqual({ what: "name", to: '"Ann' });
    expect(rest("privacy correct a=“b c” name d=e f")).toEqual({
      what: "name",
      to: "a=“b c” d=e f",
    });
    expect(rest("privacy correct a=b name")).toEqual({ what: "name", to: "a=b" });
    expect(understood("privacy correct name Ann B --yes")).toEqual([
      "privacy correct",
      { what: "name", to: "Ann B" },
      true,
    ]);
    expect(understood("privacy correct --yes name Ann")).toEqual([
      "privacy correct",
      { what: "name", to: "Ann" },
      true,
    ]);
  });

  it("reads what follows -- as values", () => {
    expect(understood("show -- --yes")).toEqual(["show", { id: "--yes" }, false]);
    expect(understood("show -- id=x")).toEqual(["show", { id: "id=x" }, false]);
  });

  it("says what is missing, with the usage and a mark where it belongs", () => {
    expect(refused("add widget")).toEqual({
      code: "argument-missing",
      line: "add widget",
      caret: "          ^",
      usage: "!usher add widget <url> [name=…] [maxWidth=…] [--pin]",
      example: "add widget https://example.org",
      label: "url",
      choices: [],
    });
    expect(refused("privacy correct name")).toMatchObject({
      code: "argument-missing",
      label: "text",
    });
  });

  it("says what is wrong with a value, with a mark under it", () => {
    expect(refused("add widget example.org/x name=y")).toMatchObject({
      code: "argument-invalid",
      caret: "           ^^^^^^^^^^^^^",
      problem: {
        template: "argument/url-no-scheme",
        view: {
          label: "url",
          said: "example.org/x",
          advice: "add widget https://example.org/x name=y",
        },
      },
    });
    expect(refused("add widget https://x.org maxwidth=10")).toMatchObject({
      caret: "                         ^^^^^^^^^^^",
      problem: { template: "argument/integer-invalid" },
    });
    expect(refused("add bot @b:c d")).toMatchObject({
      problem: { template: "argument/choice-unknown", view: { advice: undefined } },
    });
  });

  it.each([
    ["list all", "all", undefined],
    ["list --yes", "--yes", undefined],
    ["list name=x", "name=x", undefined],
    ["remove a b", "b", undefined],
    ["add widget https://x.org --yse", "--yse", "add widget https://x.org --yes"],
    ["add widget https://x.org --pni", "--pni", "add widget https://x.org --pin"],
    ["add widget https://x.org nmae=x", "nmae=x", "add widget https://x.org name=x"],
    ["add widget https://x.org name=a name=b", "name=b", undefined],
    ["add widget https://x.org url=https://y.org", "url=https://y.org", undefined],
    ["remove constructor=x", "constructor=x", undefined],
  ])("says what it cannot use in %s", (line, said, meant) => {
    const error = refused(line);
    expect(error).toMatchObject({ code: "argument-unexpected", said, advice: meant });
    expect("caret" in error && String(error.caret).trimStart()).toBe("^".repeat(said.length));
  });

  it("gives no example of a command that takes nothing, which would be the usage again", () => {
    expect(refused("list yes")).toMatchObject({
      code: "argument-unexpected",
      usage: "!usher list",
      example: undefined,
    });
  });

  it("says where a quotation mark stands that is never closed", () => {
    expect(refused('add widget https://x.org name="Team notes')).toMatchObject({
      code: "quote-unclosed",
      line: '….org name="Team notes',
      caret: `${" ".repeat(11)}^`,
    });
    expect(refused('remove "board')).toMatchObject({ code: "quote-unclosed", caret: "       ^" });
  });

  it.each([
    ["lsit", "lsit", "list"],
    ["remvoe board", "remvoe", "remove board"],
    ["remvoe", "remvoe", "remove <id>"],
    ["ad widget https://x.org", "ad widget", "add widget https://x.org"],
    ["widget add https://x.org", "widget add", "add widget https://x.org"],
    ["widget https://x.org", "widget https://x.org", "add widget https://x.org"],
    ["how do I add a video", "how", undefined],
    ["how are you", "how", undefined],
    ["dance", "dance", undefined],
    ['"list"', '"list"', undefined],
    ["--yes", "--yes", undefined],
    ["x=y", "x=y", undefined],
  ])("knows no command in %s", (line, said, meant) => {
    expect(refused(line)).toMatchObject({ code: "address-unknown-command", said, advice: meant });
  });

  it("lists the commands that a word begins", () => {
    expect(refused("add")).toMatchObject({
      code: "address-unknown-command",
      said: "add",
      advice: undefined,
      begun: {
        commands: [
          { usage: expect.stringContaining("!usher add widget <url>") as string },
          { usage: "!usher add bot <user> [kind]" },
        ],
      },
    });
  });

  it("repeats no password", () => {
    expect(JSON.stringify(refused("add widget https://ann:secret@x.org"))).not.toContain("secret");
    expect(JSON.stringify(refused("show a https://ann:secret@x.org"))).not.toContain("secret");
    expect(JSON.stringify(refused("https://ann:secret@x.org"))).not.toContain("secret");
  });

  it("repeats no more of a long line than is needed to see the fault", () => {
    expect(JSON.stringify(refused(`remove a ${"b".repeat(30_000)}`)).length).toBeLessThan(600);
    expect(JSON.stringify(refused("b".repeat(30_000))).length).toBeLessThan(600);
  });

  it("gives an error that can be thrown", () => {
    expect(() => understood("dance")).toThrow(UsherError);
  });
});

it("beginsWithCommand tells a command from talk", () => {
  const begins = (line: string) => beginsWithCommand(line, commands);
  expect(["list", "Add widget x", "add widget", "show"].every(begins)).toBe(true);
  expect(["", "is down", "add", "adds widget", "listing"].some(begins)).toBe(false);
});

describe("a command's input", () => {
  it("is typed by its definition, and what is typed is what comes", async () => {
    const seen = vi.fn<(input: unknown) => void>();
    const command = defineCommand({
      words: "try",
      parameters: { url: required(httpsUrl()), user: optional(userId()) },
      options: {
        kind: optional(word("kind", ["bot", "widget"])),
        count: optional(integer("count", 1, 5)),
      },
      flags: ["now"],
      example: "try https://x.org",
      changes: false,
      answer: (input) => {
        expectTypeOf(input.url).toEqualTypeOf<URL>();
        expectTypeOf(input.user).toEqualTypeOf<UserId | undefined>();
        expectTypeOf(input.kind).toEqualTypeOf<"bot" | "widget" | undefined>();
        expectTypeOf(input.count).toEqualTypeOf<number | undefined>();
        expectTypeOf(input.now).toEqualTypeOf<boolean>();
        expectTypeOf<keyof typeof input>().toEqualTypeOf<
          "url" | "user" | "kind" | "count" | "now"
        >();
        seen(input);
        return answer();
      },
    });
    const parsed = parseLine("try https://x.org count=2 --now", [command]);
    if ("error" in parsed || parsed.command.changes) throw new Error("not understood");
    await parsed.command.answer(parsed.input, {
      room: "!r:c" as RoomId,
      person: "@a:c" as UserId,
      event: "$e" as EventId,
      thread: undefined,
      direct: false,
      operator: false,
      calledAs: "",
    });
    expect(seen).toHaveBeenCalledWith({
      url: new URL("https://x.org"),
      user: undefined,
      kind: undefined,
      count: 2,
      now: true,
    });
  });
});
