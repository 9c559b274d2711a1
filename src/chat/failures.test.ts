import { expect, it } from "vitest";
import { MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { HomeserverError, toUsherError } from "../matrix/errors.ts";
import { defineCommand } from "./command.ts";

/** What is said where the homeserver does not let a command have what it looks for. */
async function told(failure: ConstructorParameters<typeof HomeserverError>[0]): Promise<string> {
  const look = defineCommand({
    words: "look",
    parameters: {},
    example: "look",
    changes: false,
    answer: () => Promise.reject(toUsherError(new HomeserverError(failure), "read-state")),
  });
  const talk = new MemoryConversation({ commands: [look] });
  await talk.say("!usher look");
  expect(talk.said).toHaveLength(1);
  return talk.said[0]?.body ?? "";
}

it("a limit is told as one, with when to try again", async () => {
  const said = await told({ kind: "answered", status: 429, errcode: "M_LIMIT_EXCEEDED" });
  expect(said).toContain("slow down");
  expect(said).toContain("Try again in a few minutes.");
});

it.each<ConstructorParameters<typeof HomeserverError>[0] & { readonly shown: string }>([
  { kind: "answered", status: 502, errcode: undefined, shown: "answered" },
  { kind: "network", shown: "network" },
  { kind: "timeout", shown: "timeout" },
])("what may pass is worth another try: $shown", async ({ shown, ...failure }) => {
  const said = await told(failure);
  expect(said).toContain(`(\`read-state\`: ${shown})`);
  expect(said).toContain("Try again in a minute. If it stays so, tell the people who run me.");
});

it("a refusal is not worth another try", async () => {
  const said = await told({ kind: "answered", status: 403, errcode: "M_FORBIDDEN" });
  expect(said).toContain("(`read-state`: M_FORBIDDEN)");
  expect(said).toContain("Trying again will not help");
  expect(said).not.toContain("in a minute");
});
