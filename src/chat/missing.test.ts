import { expect, it } from "vitest";
import { MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { UsherError } from "../kernel/errors.ts";
import { text } from "./arguments.ts";
import { defineCommand, required } from "./command.ts";

const look = defineCommand({
  words: "look",
  parameters: { at: required(text("thing")), how: required(text("way")) },
  example: "look pad long",
  missing: (label) =>
    Promise.resolve(
      label === "thing"
        ? new UsherError("item-missing", {
            words: "look",
            things: [],
            more: false,
            example: undefined,
          })
        : undefined,
    ),
  changes: false,
  answer: () => Promise.resolve({ template: "list/empty", view: {} }),
});

it("a command that knows what is in the room says so where it is not told what is meant", async () => {
  const talk = new MemoryConversation({ commands: [look] });
  await talk.say("!usher look");
  expect(talk.said[0]?.body).toMatch(/^There is nothing here to look/);
  await talk.say("!usher look pad");
  expect(talk.said[1]?.body).toContain("Something is missing: way");
});
