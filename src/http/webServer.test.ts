import { once } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerTo, connected } from "../../test/harness/rawHttp.ts";
import { ManualClock } from "../kernel/clock.ts";
import { createLog } from "../kernel/log.ts";
import { WebServer } from "./webServer.ts";

let clock: ManualClock;
let logged: string;
let server: WebServer;

interface Options {
  readonly trustedProxies?: readonly string[];
  readonly requestMs?: number;
  readonly mostConnections?: number;
}

async function open({ trustedProxies = [], ...more }: Options = {}): Promise<void> {
  await server?.stop();
  server = new WebServer({
    ...{ host: "127.0.0.1", port: 0, trustedProxies, clock, ...more },
    log: createLog("debug", { write: (line) => (logged += line) }),
    routes: [
      { path: "/page", answer: (_request, reply) => reply.send({ page: true }) },
      { path: "/watched", watches: true, answer: (_request, reply) => reply.send({ ok: true }) },
      { path: "/one/:name", answer: (_request, reply) => reply.send({ one: true }) },
      { path: "/broken", answer: () => Promise.reject(new Error("secret of @ann:example.org")) },
    ],
  });
  await server.start();
}

const at = (path: string): string => `http://127.0.0.1:${String(server.port)}${path}`;
const statusOf = async (path: string, more?: RequestInit): Promise<number> =>
  (await fetch(at(path), more)).status;

const WATCHED = "GET /watched HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

beforeEach(async () => {
  clock = new ManualClock();
  logged = "";
  await open();
});
afterEach(async () => {
  await server.stop();
});

describe("the web server", () => {
  it("answers GET and HEAD, and says of all else what is wrong", async () => {
    expect(await (await fetch(at("/page"))).json()).toEqual({ page: true });
    expect(await statusOf("/page", { method: "HEAD" })).toBe(200);
    const posted = await fetch(at("/page"), { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(await posted.json()).toEqual({
      errcode: "M_UNRECOGNIZED",
      error: "This address can only be read: ask for it with GET.",
    });
    expect(await statusOf("/page", { method: "PUT", body: "{}" })).toBe(415);
    expect(await (await fetch(at("/nothing"))).json()).toEqual({
      errcode: "M_NOT_FOUND",
      error: "There is nothing at this address. Check how it is written.",
    });
  });

  it.each(["/page", "/nothing", "/%zz"])("%s comes with what browsers need", async (path) => {
    const { headers } = await fetch(at(path));
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.has("set-cookie")).toBe(false);
  });

  it("R61 tells the log of a failure without what was asked or said, and its client nothing of it", async () => {
    const answer = await (await fetch(at("/broken?of=@ann:example.org"))).text();
    expect(JSON.parse(answer)).toEqual({
      errcode: "M_UNKNOWN",
      error: "Something went wrong here. Try again later.",
    });
    expect(logged).toContain("web.failed");
    expect(logged + answer).not.toMatch(/ann|secret/);
    expect(logged).not.toContain("127.0.0.1");
  });

  it("gives each address its share, and what watches Usher one of its own", async () => {
    for (let times = 0; times < 120; times += 1) expect(await statusOf("/page")).toBe(200);
    // Another name that an untrusted client gives itself is of no use.
    const limited = await fetch(at("/page"), { headers: { "x-forwarded-for": "192.0.2.1" } });
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await statusOf("/nothing")).toBe(429);
    expect(await statusOf("/watched")).toBe(200);
    expect(logged.split("web.proxy-unknown")).toHaveLength(2);
    clock.advance(60_000);
    expect(await statusOf("/page")).toBe(200);
  });

  it("believes a trusted proxy about who asks", async () => {
    await open({ trustedProxies: ["127.0.0.1"] });
    const by = (forwarded: string): Promise<number> =>
      statusOf("/page", { headers: { "x-forwarded-for": forwarded } });
    for (let times = 0; times < 120; times += 1) expect(await by("192.0.2.1")).toBe(200);
    expect(await by("192.0.2.1")).toBe(429);
    // What the client wrote there before is not what the proxy saw.
    expect(await by("192.0.2.9, 192.0.2.1")).toBe(429);
    expect(await by("192.0.2.2")).toBe(200);
    expect(logged).not.toContain("192.0.2");
  });

  it("is never at a loss: whatever is asked is answered with 4xx at most", async () => {
    // The clock goes on, so that nothing is refused for its number.
    const word = fc.string({ unit: "binary", maxLength: 40 });
    const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");
    const name = fc.constantFrom("x-forwarded-for", "host", "accept", "content-type", "range");
    const value = fc.string({ unit: fc.constantFrom(..."abc,;:/%[]\"'=() 127.0"), maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(word, method, name, value, async (text, how, header, said) => {
        clock.advance(60_000);
        const path = `/one/${encodeURIComponent(text.toWellFormed())}?${said.replaceAll(" ", "+")}`;
        const head = `${how} ${path} HTTP/1.1\r\nhost: x\r\n${header}: ${said}\r\nconnection: close\r\n\r\n`;
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(await answerTo(server.port, head))?.[1]);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["no request", "hello\r\n\r\n", "400"],
    ["an address that is none", "GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "400"],
    [
      "two lengths",
      "POST /page HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      "400",
    ],
    [
      "a line in a header",
      "GET /page HTTP/1.1\r\nhost: x\r\nx-forwarded-for: a\nset-cookie: b\r\n\r\n",
      "400",
    ],
    [
      "a head without end",
      `GET /page HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(9_000)}\r\n\r\n`,
      "431",
    ],
  ])("%s is refused", async (_, text, status) => {
    const answer = await answerTo(server.port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}`));
    expect(answer).not.toContain("set-cookie");
  });

  it.each([
    ["nothing", ""],
    ["half of its head", "GET /page HTTP/1.1\r\nhost: x\r\n"],
  ])("a connection over which comes %s is cut", async (_, text) => {
    await open({ requestMs: 100 });
    const socket = await connected(server.port);
    socket.write(text);
    socket.resume();
    await once(socket, "close");
    expect(await statusOf("/watched")).toBe(200);
  });

  it("however many connections are held open, others are answered", async () => {
    await open({ mostConnections: 20 });
    const [held, answers]: [Socket[], string[]] = [[], []];
    for (let number = 0; number < 100; number += 1) {
      const socket = await connected(server.port);
      socket.write("GET /page HTTP/1.1\r\nhost: x\r\n");
      held.push(socket);
      // Over a connection of its own: one that waits for its next request goes as those do.
      if (number % 10 === 9) answers.push((await answerTo(server.port, WATCHED)).slice(0, 12));
    }
    expect(answers).toEqual(Array(10).fill("HTTP/1.1 200"));
    for (const socket of held) socket.destroy();
  });

  it("stops at once, though somebody holds a connection open", async () => {
    const socket = await connected(server.port);
    const closed = once(socket.resume(), "close");
    await server.stop();
    await closed;
    await expect(fetch(at("/page"))).rejects.toThrow();
  });
});
