import { describe, expect, it } from "vitest";
import { MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { remove } from "../../commands/remove.ts";
import { set } from "../../commands/set.ts";
import { addBridge } from "./addBridge.ts";
import type { Bridges } from "./bridges.ts";
import { bridgeCatalogue, type BridgeEntry } from "./config.ts";
import type { ConnectorDeps } from "./connector.ts";
import { openConnector } from "./connectors.ts";
import { bridgeItems } from "./items.ts";

const ENTRIES = bridgeCatalogue.parse([
  {
    ...{ id: "chat", name: "IRC", connector: "heisenbridge", bot: "@heisenbridge:example.org" },
    networks: { oftc: { servers: ["irc.oftc.net:6697+tls"] } },
  },
  {
    ...{ id: "asked", name: "Asked", connector: "appservice-irc", bot: "@irc:example.org" },
    provisioning: { url: "http://127.0.0.1:9999", secretFile: "secrets/irc" },
  },
]);

/** What Usher says to a line, with these bridges, in a room that has one link. */
async function said(line: string, entries: readonly BridgeEntry[] = ENTRIES): Promise<string> {
  const bridges = {
    entryOf: (id: string) => entries.find((entry) => entry.id === id),
    connectorOf: (id: string) => {
      const entry = entries.find((one) => one.id === id);
      if (entry === undefined) throw new Error(id);
      return openConnector(entry, {} as ConnectorDeps);
    },
    records: () =>
      Promise.resolve([{ id: "chat-k2m4q", name: "#one on oftc", channel: "#one", entry: "chat" }]),
  } as unknown as Bridges;
  const items = [bridgeItems(bridges)];
  const commands = [
    addBridge({ bridges, entries, matrix: {} as Parameters<typeof addBridge>[0]["matrix"] }),
    ...[remove(items, ["bridge"]), set(items)],
  ];
  const talk = new MemoryConversation({ commands });
  await talk.say(line);
  return talk.said[0]?.body ?? "";
}

describe("who does not say it as it is to be said", () => {
  it("is told which bridges there are, each as it can be typed", async () => {
    const words = await said("!usher add bridge");
    expect(words).toContain("IRC: `!usher add bridge chat oftc #example`");
    expect(words).toContain("Asked: `!usher add bridge asked #example`");
    expect(words).not.toContain("libera");
    const many = Array.from({ length: 6 }, (_, at) => ({
      ...(ENTRIES[0] as BridgeEntry),
      id: `chat${String(at)}`,
    }));
    expect(await said("!usher add bridge", many)).toContain("`!usher browse bridges` lists all");
    expect(await said("!usher add bridge", [])).toContain("the people who run me have set none up");
  });

  it("and what is wrong with a bridge's name, with an example of a bridge that there is", async () => {
    expect(await said("!usher add bridge chta oftc #one")).toContain(
      "`!usher add bridge chat oftc #one`",
    );
    expect(await said("!usher add bridge chat oftc #one --now")).not.toContain("libera");
  });

  it.each(["chat #one #two", "chat oftc #one #two", "chat oftc #one,#two", "asked #one #two"])(
    "is told to name one channel at a time: %s",
    async (words) => {
      const answer = await said(`!usher add bridge ${words}`);
      expect(answer).toMatch(
        /One channel at a time: `!usher add bridge (chat|asked) (oftc )?#one`/,
      );
    },
  );

  it.each([
    ["\u202e", /The place holds characters that cannot be seen, or that turn/],
    ["\u200b", /that cannot be seen or that turn the direction of writing \(`U\+200B`\)/],
    ["\u00ad", /`U\+00AD`/],
    ["\u0007", /The place holds characters that cannot be seen/],
  ])("is told of characters that cannot be seen: %j", async (character, words) => {
    expect(await said(`!usher add bridge chat oftc #o${character}ne`)).toMatch(words);
  });

  it("is told what was most likely meant, and that there is nothing to set", async () => {
    expect(await said("!usher remove one")).toContain("`!usher remove #one`");
    const answer = await said("!usher set #one name=x");
    expect(answer).toContain("Bridges have no settings");
    expect(answer).toContain("`!usher remove #one`");
  });
});
