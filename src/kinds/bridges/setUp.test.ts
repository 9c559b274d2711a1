import { describe, expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import type { BridgeSetUp } from "./records.ts";
import { bridgeSetUp } from "./setUp.ts";

const bot = "@bot:example.org" as UserId;
const ann = "@ann:example.org" as UserId;

describe("the wait for a bridge to show a link", () => {
  /** Whether it looks again because of this. */
  function looks(inRoom: boolean, event: { sender: UserId; stateKey?: string }): boolean {
    const deps = { isInRoom: () => inRoom } as unknown as Parameters<typeof bridgeSetUp>[0];
    const last = bridgeSetUp(deps).steps.at(-1);
    if (last === undefined || !("until" in last)) throw new Error("It waits for nothing");
    return last.until.concerns({ bot, entry: "x" } as BridgeSetUp, event as never);
  }

  it.each([true, false])(
    "looks at what the bot sets and where it goes, in the room: %s",
    (inRoom) => {
      expect(looks(inRoom, { sender: bot, stateKey: "" })).toBe(true);
      expect(looks(inRoom, { sender: ann, stateKey: bot })).toBe(true);
      expect(looks(inRoom, { sender: ann, stateKey: "" })).toBe(false);
      expect(looks(inRoom, { sender: ann })).toBe(false);
    },
  );

  it("looks at what the bot says, but not where looking is to ask it in the same room", () => {
    expect(looks(false, { sender: bot })).toBe(true);
    expect(looks(true, { sender: bot })).toBe(false);
  });
});
