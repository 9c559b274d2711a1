import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import { silentLog } from "../kernel/log.ts";
import { contactUri, securityTxt } from "./securityTxt.ts";
import { WebServer } from "./webServer.ts";

const clock = new ManualClock(Date.UTC(2026, 10, 29));

describe("R77 security.txt", () => {
  it("says where a weakness is reported, until when that holds, and where it stands", async () => {
    const routes = securityTxt({
      contact: "security@example.org",
      publicUrl: "https://usher.example.org/bot",
      ...{ language: "en", clock },
    });
    const address = { host: "127.0.0.1", port: 0, trustedProxies: [] };
    const server = new WebServer({ ...address, routes, clock, log: silentLog });
    await server.start();
    const at = `http://127.0.0.1:${String(server.port)}/.well-known/security.txt`;
    const response = await fetch(at);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe(
      [
        "Contact: mailto:security@example.org",
        "Expires: 2027-02-27T00:00:00.000Z",
        "Canonical: https://usher.example.org/.well-known/security.txt",
        "Preferred-Languages: en\n",
      ].join("\n"),
    );
    await server.stop();
  });

  it("is not there where the operator names nobody", () => {
    for (const contact of [undefined, "the porter's lodge"])
      expect(securityTxt({ contact, publicUrl: undefined, language: "en", clock })).toEqual([]);
  });

  it.each([
    [" security@example.org ", "mailto:security@example.org"],
    ["https://example.org/report", "https://example.org/report"],
    ["@ann:example.org", "https://matrix.to/#/%40ann%3Aexample.org"],
    ["http://example.org/report", undefined],
    ["a@b.org\nContact: mailto:evil@c.org", undefined],
    ["ask us", undefined],
  ])("takes %j for %s", (contact, uri) => {
    expect(contactUri(contact)).toBe(uri);
  });
});
