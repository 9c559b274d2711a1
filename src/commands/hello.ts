import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";

/** `hello`, and what else people say to somebody they meet: a friendly line that leads on. Nobody needs to be told that they can say it. */
export function hello(): Command {
  return defineCommand({
    words: "hello",
    aliases: ["hi", "hey", "hello there", "good morning", "good evening", "thanks", "thank you"],
    parameters: { more: optional(restOfLine("more", 200)) },
    place: "anywhere",
    unlisted: true,
    example: "hello",
    changes: false,
    answer: () => Promise.resolve({ template: "hello", view: {} }),
  });
}
