import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { UsherError } from "../kernel/errors.ts";

let talk: MemoryConversation;
beforeEach(() => {
  talk = new MemoryConversation({ encryption: "none" });
  talk.members.delete(BOB);
  talk.elseWaits.set(ALICE, new UsherError("erasure-word-waits", {}));
});
const said = (): string[] => talk.said.map(({ body }) => body);
const WAITS = "your erasure waits for its word. If you want it, say `confirm` and the word";

describe("R36 a yes or no to something that waits for its word", () => {
  it.each(["yes", "Yes please", "no", "!usher yes", "!usher no", "✅"])(
    "said as %s, is told what counts",
    async (line) => {
      await talk.say(line);
      expect(said()).toEqual([expect.stringContaining(WAITS)]);
    },
  );

  it.each(["✅", "👍", "❌"])("given as a reaction %s, is told what counts", async (key) => {
    await talk.react("$anything" as never, key);
    expect(said()).toEqual([expect.stringContaining(WAITS)]);
  });

  it("is told to nobody else, and about no other sign", async () => {
    await talk.react("$anything" as never, "🎉");
    talk.elseWaits.clear();
    await talk.react("$anything" as never, "✅");
    expect(said()).toEqual([]);
    await talk.say("!usher yes");
    expect(said()).toEqual([expect.stringContaining("Nothing here waits for your yes")]);
  });
});
