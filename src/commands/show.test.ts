import { expect, it } from "vitest";
import { MemoryConversation } from "../../test/harness/memoryConversation.ts";
import type { ItemCommands } from "../integrations/itemCommands.ts";
import { show } from "./show.ts";

/** What is said to a line in a room with so many calls. */
async function said(line: string, calls: number): Promise<string> {
  const things = Array.from({ length: calls }, (_, index) => ({
    id: `call-${String(index)}`,
    name: `Call ${String(index)}`,
  }));
  const items = { things: () => Promise.resolve(things) } as Partial<ItemCommands> as ItemCommands;
  const talk = new MemoryConversation({ commands: [show([items])] });
  await talk.say(line);
  return talk.said[0]?.body ?? "";
}

const ids = (body: string): readonly string[] => [...body.matchAll(/id `([^`]+)`/g)].map(String);

it("without a name, asks which, with a line to copy and all that is here", async () => {
  const body = await said("!usher show", 2);
  expect(body).toContain("Which one? For example: `!usher show Call 0`. What is here:");
  expect(body).toContain("Call 0, id `call-0`");
  expect(body).toContain("Call 1, id `call-1`");
});

it("without a name, where there is more than reminds, shows five and says that there are others", async () => {
  const body = await said("!usher show", 6);
  expect(body).toContain("Some of what is here:");
  expect(ids(body)).toHaveLength(5);
});

it("with a name that several have the beginning of, asks which, and changes nothing", async () => {
  const body = await said("!usher show call", 10);
  expect(body).toMatch(/^`call` may be:/);
  expect(ids(body)).toHaveLength(10);
  expect(body).toContain("Say it again with the id of the one you mean.");
});

it("says where several may be meant, and more than are listed", async () => {
  const body = await said("!usher show call", 11);
  expect(body).toMatch(/^`call` may be one of more than I can list here, among them:/);
  expect(ids(body)).toHaveLength(10);
});
