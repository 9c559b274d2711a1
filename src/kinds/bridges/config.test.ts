import { describe, expect, it } from "vitest";
import { bridgeSection } from "./section.ts";
import { bridgeCatalogue, SECTION } from "./config.ts";

const API = { url: "http://127.0.0.1:9999", secretFile: "secrets/irc" };

/** As people who wrote scripts for it have it, with what stands for an address filled in. */
const WRITTEN = `
{ "catalogue": [
  { "id": "irc", "name": "IRC", "connector": "heisenbridge", "bot": "@heisenbridge:example.org", "networks": { "libera": { "servers": ["irc.libera.chat:6697+tls"], "nick": "usher" } }, "host": { "by": "operator" }, "price": "free" },
  { "id": "oftc", "connector": "appservice-irc", "bot": "@appservice-irc:example.org", "provisioning": { "url": "http://127.0.0.1:9999", "secretFile": "secrets/irc" } },
  { "id": "telegram", "connector": "bridgev2", "bot": "@telegrambot:example.org", "prefix": "!tg", "relayLogin": "…", "provisioning": { "url": "http://127.0.0.1:29317", "secretFile": "…" } } ] }`;

describe("the bridges of the catalogue", () => {
  it("are read as the documentation writes them, each called by its id where it has no name", () => {
    const { catalogue } = SECTION.schema.parse(JSON.parse(WRITTEN));
    expect(catalogue.map(({ id, name, connector }) => [id, name, connector])).toEqual([
      ["irc", "IRC", "heisenbridge"],
      ["oftc", "oftc", "appservice-irc"],
      ["telegram", "telegram", "bridgev2"],
    ]);
    expect(catalogue[1]).toMatchObject({ provisioning: API, requestSeconds: 300, price: "free" });
    // What operators change by command is read once more.
    expect(bridgeCatalogue.parse(catalogue)).toEqual(catalogue);
  });

  it.each([
    ["provisioning", {}],
    ["provisioning.url", { provisioning: { ...API, url: "127.0.0.1:9999" } }],
    ["provisioning.url", { provisioning: { ...API, url: "http://user:word@x.example" } }],
    ["provisioning.secretFile", { provisioning: { url: API.url } }],
  ])("want %s as it can be used", (field, more) => {
    const entry = { id: "oftc", connector: "appservice-irc", bot: "@irc:example.org", ...more };
    const read = bridgeCatalogue.safeParse([entry]);
    expect(read.error?.issues.map(({ path }) => path.slice(1).join("."))).toEqual([field]);
  });

  it("send their secret nowhere else because of a command", () => {
    const { catalogue } = SECTION.schema.parse(JSON.parse(WRITTEN));
    const section = bridgeSection(catalogue);
    const refusal = /provisioning: can be changed in the configuration file alone/;
    const elsewhere = { oftc: { provisioning: { url: "https://evil.example" } } };
    expect(() => section.made(elsewhere)).toThrow(refusal);
    expect(() => section.made({ irc: { connector: "bridgev2", provisioning: API } })).toThrow();
    const added = { id: "other", connector: "appservice-irc", bot: "@o:example.org" };
    expect(() => section.made({ other: { ...added, provisioning: API } })).toThrow(refusal);
    expect(section.made({ oftc: { name: "OFTC" } }).entries[1]).toMatchObject({ name: "OFTC" });
  });
});
