import { defineCommand, type Command } from "../chat/command.ts";

/** `privacy`: what Usher keeps in this version, and who answers for it (R30, R33). Answered to anyone, with no precondition. */
export function privacy(): Command {
  return defineCommand({
    words: "privacy",
    parameters: {},
    place: "anywhere",
    example: "privacy",
    changes: false,
    // All it says stands in its template and in what every sentence is filled with.
    answer: () => Promise.resolve({ template: "privacy", view: {} }),
  });
}
