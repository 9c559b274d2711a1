import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Bridges } from "./bridges.ts";
import { bridgeCatalogue } from "./config.ts";
import type { ConnectorDeps } from "./connector.ts";
import { openConnector } from "./connectors.ts";
import { bridgeInfo } from "./info.ts";

/** What `info` says of a bridge that the catalogue has like this. */
function infoOf(written: object): string {
  const [entry] = bridgeCatalogue.parse([{ id: "far", name: "Far", ...written }]);
  if (entry === undefined) throw new Error("It was not read");
  const connector = openConnector(entry, {} as ConnectorDeps);
  const bridges = { entryOf: () => entry, connectorOf: () => connector } as unknown as Bridges;
  return sentenceOf(bridgeInfo(bridges, entry.id));
}

const irc = {
  connector: "heisenbridge",
  bot: "@heisenbridge:example.org",
  networks: { libera: { servers: ["irc.libera.chat:6697+tls"], nick: "usher" } },
};
const oftc = {
  connector: "appservice-irc",
  bot: "@irc:example.org",
  provisioning: { url: "http://127.0.0.1:9999", secretFile: "secrets/irc" },
};
const chat = { connector: "bridgev2", bot: "@chatbot:example.org", prefix: "!far" };

describe("R18 before a bridge is set up it is said whether it acts as a person, and whether it shows their name and picture:", () => {
  it.each([
    [
      "one account speaks for all",
      irc,
      "Nobody gets an account of their own on IRC: one bot says all, with your name and without your picture.",
    ],
    [
      "everybody appears by themselves",
      oftc,
      "Whoever writes here appears on IRC by themselves, with their name and without their picture.",
    ],
    [
      "who logs in writes as themselves, and one account speaks for the others",
      { ...chat, relayLogin: "relay1" },
      "Whoever has logged in at the bridge writes with their own account on Far. For all others one account speaks, with their name and without their picture.",
    ],
    [
      "only who logs in is heard",
      { ...chat, mode: "own" },
      "Only those who have logged in at the bridge are heard on Far, by their own account there. What others write here does not get there.",
    ],
  ])("%s", (_, entry, says) => {
    expect(infoOf(entry)).toContain(says);
  });
});

describe("R47 of a bridge it is said", () => {
  it("which bot it is, who appears where because of it, and what it keeps itself", () => {
    const said = infoOf(irc);
    for (const told of [irc.bot, "its people appear here", "The bridge keeps names of who"])
      expect(said).toContain(told);
  });

  it("nothing of what lets Usher act there", () => {
    const relayed = infoOf({ ...chat, relayLogin: "relay-login-canary" });
    expect(infoOf(oftc) + relayed).not.toMatch(/9999|secrets|canary/);
  });
});
