import { expect, it } from "vitest";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import type { Command } from "../chat/command.ts";
import { helpTopic } from "./helpTopic.ts";

/** What is explained: one command by its words, or a list of usages. */
function topic(said: string, may: (command: Command) => boolean = () => true) {
  const found = helpTopic(said, unheardCommands(), may);
  return "command" in found ? found.command.words : found.entries.map(({ usage }) => usage);
}

it("the words of a command mean that command, whether or not it may be run", () => {
  expect(topic("add widget")).toBe("add widget");
  expect(topic("add widget", () => false)).toBe("add widget");
});

it("what several commands begin with means those of them that may be run", () => {
  expect(topic("add")).toHaveLength(10);
  expect(topic("add", ({ words }) => words === "add widget")).toEqual([
    "add widget <entry or url> [key=value …]",
  ]);
});

it("a subject means the commands about it, and another command's name only where there are none", () => {
  expect(topic("widgets")).toContain("add widget <entry or url> [key=value …]");
  expect(topic("widgets", () => false)).toBe("list");
});

it("no words mean all, and what nobody knows means nothing", () => {
  expect(topic("")).not.toEqual([]);
  expect(topic("sandwich")).toEqual([]);
});
