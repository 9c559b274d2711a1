import { expect, it } from "vitest";
import { MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { courtesies } from "./courtesies.ts";

it.each([
  ["hello", /`!usher help`/],
  ["good morning to you", /`!usher help`/],
  ["thanks", /^You are welcome\.$/],
  ["Thank you very much!", /^You are welcome\.$/],
])("%s is answered kindly", async (line, said) => {
  const talk = new MemoryConversation({ commands: courtesies() });
  await talk.say(`!usher ${line}`);
  expect(talk.said).toHaveLength(1);
  expect(talk.said[0]?.body).toMatch(said);
});
