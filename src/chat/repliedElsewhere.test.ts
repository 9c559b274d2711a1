import { expect, it } from "vitest";
import { BOB, MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { defineCommand } from "./command.ts";

let done = 0;
const build = defineCommand({
  words: "build",
  parameters: {},
  example: "build",
  changes: true,
  deed: "deed/widget-remove",
  needs: () => [],
  plan: () =>
    Promise.resolve({
      preview: { template: "leave/preview", view: { things: 0, usher: "@usher:example.org" } },
    }),
  perform: () => {
    done += 1;
    return Promise.resolve({ template: "list/empty", view: {} });
  },
});

it("a yes in a chat of two that replies to Usher's last word, and not to its question, does nothing and is told why", async () => {
  const talk = new MemoryConversation({ commands: [build] });
  talk.members.delete(BOB);
  const replies = async (to: number): Promise<string | undefined> => {
    await talk.say("yes", { replyTo: talk.said.at(to)?.id ?? ("$none" as never) });
    return talk.said.at(-1)?.body;
  };
  await talk.say("build");
  await talk.say("oui");
  expect(await replies(-1)).toContain(
    "replied to another message than my question about `build`, so I have changed nothing",
  );
  expect(done).toBe(0);
  await replies(0);
  expect(done).toBe(1);
});
