import { beforeEach, describe, expect, it } from "vitest";
import { MemoryConversation } from "../../test/harness/memoryConversation.ts";
import type { EventId } from "../kernel/ids.ts";
import { defineCommand } from "./command.ts";
import { deviceFault, type Demand } from "./trust.ts";

const SIGNED = { encryption: "decrypted", signedDevice: true } as const;
const UNSIGNED = { encryption: "decrypted", signedDevice: false } as const;
const UNENCRYPTED = { encryption: "none" } as const;

let forgotten = 0;
const forget = defineCommand({
  words: "forget",
  parameters: {},
  example: "forget",
  signedDevice: true,
  changes: true,
  deed: "deed/widget-remove",
  needs: () => [],
  plan: () =>
    Promise.resolve({
      preview: { template: "leave/preview", view: { things: 0, usher: "@usher:example.org" } },
    }),
  perform: () => {
    forgotten += 1;
    return Promise.resolve({ template: "list/empty", view: {} });
  },
});

/** Alice asks for what signed devices alone may have, from such a one. */
async function asked(): Promise<{ readonly talk: MemoryConversation; readonly preview: EventId }> {
  const talk = new MemoryConversation({ commands: [forget] });
  await say(talk, "!usher forget", SIGNED);
  const [preview] = talk.said;
  if (preview === undefined) throw new Error("a preview comes first");
  return { talk, preview: preview.id };
}

function say(
  talk: MemoryConversation,
  body: string,
  sent: typeof SIGNED | typeof UNSIGNED,
): Promise<EventId> {
  return talk.happens({ type: "m.room.message", content: { msgtype: "m.text", body }, ...sent });
}

function react(talk: MemoryConversation, event: EventId, key: string): Promise<EventId> {
  const content = { "m.relates_to": { rel_type: "m.annotation", event_id: event, key } };
  return talk.happens({ type: "m.reaction", content, ...UNENCRYPTED });
}

describe("what is taken from signed devices only, in an encrypted room", () => {
  beforeEach(() => {
    forgotten = 0;
  });

  it("is asked for without offering a reaction, which no device can be told of", async () => {
    const { talk } = await asked();
    expect(talk.said[0]?.body).toContain("Answer yes or no");
    expect(talk.said[0]?.body).not.toContain("react");
  });

  it("is asked for in words alone, too, where the answer was neither yes nor no", async () => {
    const { talk } = await asked();
    await say(talk, "sure", SIGNED);
    expect(talk.said[1]?.body).toContain("Answer yes or no");
    expect(talk.said[1]?.body).not.toContain("react");
  });

  it("is confirmed by a yes from a signed device, and by none from another, which leaves the question open", async () => {
    const { talk } = await asked();
    const yes = await say(talk, "yes", UNSIGNED);
    expect(forgotten).toBe(0);
    expect(talk.said[1]).toMatchObject({
      replyTo: yes,
      body: expect.stringContaining("I take `forget` only from devices") as string,
    });
    await say(talk, "yes", SIGNED);
    expect(forgotten).toBe(1);
  });

  it("is not confirmed by a reaction, and that is said; it is declined by one", async () => {
    const { talk, preview } = await asked();
    await react(talk, preview, "✅");
    expect(forgotten).toBe(0);
    expect(talk.said[1]).toMatchObject({
      replyTo: "$event1",
      body: expect.stringContaining("A reaction does not count") as string,
    });
    await react(talk, preview, "❌");
    await say(talk, "yes", SIGNED);
    expect(forgotten).toBe(0);
  });
});

describe("whether what a device sends counts", () => {
  const anything: Demand = { signedOnly: false, command: undefined };
  const everything: Demand = { signedOnly: true, command: undefined };
  const given: Demand = { signedOnly: false, command: forget };

  it.each([
    ["an unsigned device, where any will do", UNSIGNED, "encrypted", anything, undefined],
    ["a reaction, where any will do", UNENCRYPTED, "encrypted", anything, undefined],
    ["a signed device", SIGNED, "encrypted", everything, undefined],
    ["an unsigned device", UNSIGNED, "encrypted", everything, "device-unsigned"],
    ["an unsigned device, for such a command", UNSIGNED, "encrypted", given, "device-unsigned"],
    [
      "an unsigned device, in a room that is said to be unencrypted",
      UNSIGNED,
      "none",
      given,
      "device-unsigned",
    ],
    [
      "what came unencrypted into an encrypted room",
      UNENCRYPTED,
      "encrypted",
      given,
      "confirm-in-words",
    ],
    [
      "what came unencrypted into a room of which nothing is known",
      UNENCRYPTED,
      "unknown",
      given,
      "confirm-in-words",
    ],
    ["what came unencrypted into an unencrypted room", UNENCRYPTED, "none", given, undefined],
  ] as const)("%s", (_, sent, room, demand, code) => {
    expect(deviceFault(sent, room, demand)?.code).toBe(code);
  });
});
