import { describe, expect, it } from "vitest";
import { httpsUrl, restOfLine, text } from "./arguments.ts";
import { defineCommand, optional, required, type Command } from "./command.ts";
import { helpEntries, helpTemplate, usageOf } from "./usage.ts";

const telling = {
  parameters: {},
  changes: false,
  answer: () => Promise.resolve({ template: "done", view: {} }),
} as const;
const named = (words: string): Command => defineCommand({ ...telling, words, example: words });
const all = (): boolean => true;

describe("usageOf", () => {
  const command = defineCommand({
    ...telling,
    words: "add widget",
    parameters: { url: required(httpsUrl()), to: optional(restOfLine("words")) },
    options: { name: optional(text("name")), key: required(text("key")) },
    flags: ["pin"],
    example: "add widget https://example.org",
  });

  it("shows what must and what may be given, with and without how Usher is addressed", () => {
    expect(usageOf(command)).toBe("add widget <url> [words …] [name=…] key=… [--pin]");
    expect(usageOf(command, "!usher")).toBe(`!usher ${usageOf(command)}`);
  });

  it("knows where its help is", () => {
    expect(helpTemplate(command)).toBe("help/add-widget");
  });
});

describe("helpEntries", () => {
  const few = ["help", "list", "add widget", "add bot"].map(named);
  const many = [
    ...few,
    ...["export", "erase", "who", "basis", "history", "status", "cancel"].map((word) =>
      named(`privacy ${word}`),
    ),
    named("status"),
  ];

  it("has a line for each command, in order", () => {
    expect(helpEntries(few, all).entries).toEqual([
      { usage: "help", help: "help/help", variants: [], group: undefined },
      { usage: "list", help: "help/list", variants: [], group: undefined },
      { usage: "add widget", help: "help/add-widget", variants: [], group: undefined },
      { usage: "add bot", help: "help/add-bot", variants: [], group: undefined },
    ]);
  });

  it("has only what may be run here", () => {
    expect(
      helpEntries(few, ({ words }) => words === "list").entries.map(({ usage }) => usage),
    ).toEqual(["list"]);
    expect(helpEntries(few, () => false).entries).toEqual([]);
  });

  it("joins those that begin alike where they are too many for one screen", () => {
    const { entries, also } = helpEntries(many, all);
    expect(entries.map(({ usage }) => usage)).toEqual([
      "help",
      "list",
      "add widget",
      "privacy export",
      "status",
    ]);
    expect(also).toEqual([]);
    expect(entries[2]).toEqual({
      usage: "add widget",
      help: "help/add-widget",
      variants: ["bot"],
      group: "add",
    });
  });

  it("takes them apart again when asked for", () => {
    expect(helpEntries(many, all, { under: "add" }).entries.map(({ usage }) => usage)).toEqual([
      "add widget",
      "add bot",
    ]);
    expect(helpEntries(many, all, { under: "ad" }).entries).toEqual([]);
  });

  it("names at the end what there is no room to explain", () => {
    const crowd = Array.from({ length: 15 }, (_, index) => named(`word${String(index)}`));
    const { entries, also } = helpEntries(
      [...crowd, named("admin status"), named("admin rooms"), named("move from")],
      all,
    );
    expect(entries).toHaveLength(9);
    expect(also).toEqual([
      "word9",
      "word10",
      "word11",
      "word12",
      "word13",
      "word14",
      "admin",
      "move from",
    ]);
  });
});
