import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { selfSigned } from "../../test/harness/selfSigned.ts";
import { probe, type ProbeOptions } from "./probe.ts";

describe("probe", () => {
  let server: Server;
  let port: number;
  let ca: string;
  let asked: string[];
  const options = (more: Partial<ProbeOptions> = {}): ProbeOptions => ({
    privateHosts: ["site.example"],
    timeoutMs: 60_000,
    addresses: () => Promise.resolve(["127.0.0.1"]),
    ca,
    ...more,
  });
  const at = (host: string): URL => new URL(`https://${host}:${String(port)}/`);

  beforeAll(async () => {
    const { key, cert } = selfSigned(["site.example", "slow.example"]);
    ca = cert;
    server = createServer({ key, cert }, (request, response) => {
      asked.push(`${String(request.method)} ${String(request.headers.host)}`);
      if (request.headers.host?.startsWith("slow.") === true) return;
      response.writeHead(302, { location: "https://169.254.169.254/" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("tells how the site answers, and follows no redirection", async () => {
    expect(await probe(at("site.example"), options())).toEqual({ is: "answered", status: 302 });
    expect(asked).toEqual([`HEAD site.example:${String(port)}`]);
  });

  it.each([
    ["a loopback address", ["127.0.0.1"]],
    ["one private address among public ones", ["93.184.215.14", "10.0.0.1"]],
    ["a private IPv6 address among public ones", ["2606:4700::1111", "fd00::1"]],
    ["an IPv4 address in the clothes of an IPv6 one", ["::ffff:127.0.0.1"]],
  ])("asks nobody where a name leads to %s", async (_, addresses) => {
    expect(
      await probe(
        at("site.example"),
        options({ privateHosts: [], addresses: () => Promise.resolve(addresses) }),
      ),
    ).toEqual({
      is: "private",
    });
    expect(asked).toEqual([]);
  });

  it.each(["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "2130706433"])(
    "asks nobody at %s",
    async (host) => {
      expect(await probe(at(host), options({ privateHosts: [] }))).toEqual({ is: "private" });
      expect(asked).toEqual([]);
    },
  );

  it("tells a name that is not there from one that nobody tells of in time", async () => {
    const fails = (): Promise<never> => Promise.reject(new Error("ENOTFOUND"));
    expect(await probe(at("site.example"), options({ addresses: fails }))).toEqual({
      is: "unknown-name",
    });
    expect(
      await probe(at("site.example"), options({ addresses: () => Promise.resolve([]) })),
    ).toEqual({ is: "unknown-name" });
    const never = (): Promise<never> => new Promise(() => undefined);
    expect(await probe(at("site.example"), options({ addresses: never, timeoutMs: 20 }))).toEqual({
      is: "silent",
    });
  });

  it("tells a certificate that is for another name, or that nobody vouches for", async () => {
    expect(await probe(at("other.example"), options({ privateHosts: ["other.example"] }))).toEqual({
      is: "certificate",
    });
    const { ca: _, ...strangers } = options();
    expect(await probe(at("site.example"), strangers)).toEqual({ is: "certificate" });
  });

  it("gives up on a site that does not answer", async () => {
    const slow = options({ privateHosts: ["slow.example"], timeoutMs: 200 });
    expect(await probe(at("slow.example"), slow)).toEqual({ is: "silent" });
  });
});
