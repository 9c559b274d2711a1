import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";

/** What people say to somebody they meet, and when they have been helped: a friendly line. Nobody needs to be told that they can say it. */
export function courtesies(): readonly Command[] {
  return [
    courtesy("hello", ["hi", "hey", "hello there", "good morning", "good evening"]),
    courtesy("thanks", ["thank you"]),
  ];
}

function courtesy(words: "hello" | "thanks", aliases: readonly string[]): Command {
  return defineCommand({
    words,
    aliases,
    parameters: { more: optional(restOfLine("more", 200)) },
    unlisted: true,
    example: words,
    changes: false,
    answer: () => Promise.resolve({ template: words, view: {} }),
  });
}
