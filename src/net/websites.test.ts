import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { selfSigned } from "../../test/harness/selfSigned.ts";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { Question } from "./question.ts";
import { Websites } from "./websites.ts";

const HERE: Question = { allowPrivate: true };

describe("asking websites", () => {
  let server: Server;
  let clock: ManualClock;
  let asked: { method: string; path: string; headers: object; body: string }[];
  /** By path. */
  let pages: Record<string, RequestListener>;
  let came: () => void;
  let names: (host: string) => Promise<readonly string[]>;
  let lookedUp: string[];
  let websites: Websites;

  beforeEach(async () => {
    [asked, pages, lookedUp, came] = [[], {}, [], () => undefined];
    names = () => Promise.resolve(["127.0.0.1"]);
    server = createServer((request, response) => {
      const read = async (): Promise<void> => {
        const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
        const { method = "", url: path = "", headers } = request;
        asked.push({ method, path, headers, body });
        came();
        (pages[path] ?? ((_, answer) => answer.writeHead(404).end()))(request, response);
      };
      read().catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    clock = new ManualClock();
    const addresses = (host: string): Promise<readonly string[]> => {
      lookedUp.push(host);
      return names(host);
    };
    websites = new Websites({ clock, addresses });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const port = (): string => String((server.address() as AddressInfo).port);
  const at = (path: string, host = "site.example"): URL =>
    new URL(`http://${host}:${port()}${path}`);
  const page = (path: string, listener: RequestListener): void => {
    pages[path] = listener;
  };

  it("gives the status, the headers and the bytes, and JSON that was checked", async () => {
    page("/a", (_, answer) => answer.writeHead(201, { "X-Kind": "test" }).end('{"n":1}'));
    const answer = await websites.ask(at("/a"), { ...HERE, method: "POST", body: "what" });
    expect(answer).toMatchObject({ status: 201, headers: { "x-kind": "test" } });
    expect(Buffer.from(answer.bytes).toString()).toBe('{"n":1}');
    expect(answer.json(z.object({ n: z.number() }))).toEqual({ n: 1 });
    expect(() => answer.json(z.object({ n: z.string() }))).toThrow(
      expect.objectContaining({
        code: "website-unexpected",
        view: { host: `site.example:${port()}`, status: 201 },
      }),
    );
    expect(asked).toMatchObject([{ method: "POST", path: "/a", body: "what" }]);
    expect(
      await refusalOf(Promise.resolve().then(() => answer.json(z.object({ n: z.string() })))),
    ).toContain("answered something that I do not understand (status 201)");
    const missing = await websites.ask(at("/none"), HERE);
    expect(missing.status).toBe(404);
    expect(() => missing.json(z.object({}))).toThrow("website-unexpected");
  });

  it("keeps no cookie", async () => {
    page("/a", (_, answer) => answer.writeHead(200, { "set-cookie": "who=me" }).end());
    await websites.ask(at("/a"), HERE);
    await websites.ask(at("/a"), HERE);
    expect(asked[1]?.headers).not.toHaveProperty("cookie");
  });

  it("looks a name up once, and connects to what was judged: another answer comes too late", async () => {
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    names = () => Promise.resolve(answers.shift() ?? []);
    page("/a", (_, answer) => answer.end());
    // The system knows no such name.
    expect((await websites.ask(at("/a"), HERE)).status).toBe(200);
    expect(lookedUp).toEqual(["site.example"]);
  });

  it.each([
    ["a name that leads there", "site.example", ["127.0.0.1"]],
    ["a name that leads there too", "site.example", ["93.184.215.14", "10.0.0.1"]],
    ["an address", "127.0.0.1", []],
    ["an address in numbers", "2130706433", []],
  ])("asks nobody in a private network for %s", async (_, host, addresses) => {
    names = () => Promise.resolve(addresses);
    await expect(websites.ask(at("/a", host))).rejects.toMatchObject({ code: "website-private" });
    expect(await refusalOf(websites.ask(at("/a", host)))).toContain("lies in a private network");
    expect(asked).toEqual([]);
  });

  it("judges each redirection anew: where a site in one's own network leads, need not be one", async () => {
    page("/to-private", (_, answer) =>
      answer.writeHead(302, { location: at("/secret", "127.0.0.1").href }).end(),
    );
    const question = { ...HERE, headers: { authorization: "Bearer x" } };
    await expect(websites.ask(at("/to-private"), question)).rejects.toMatchObject({
      code: "website-private",
      view: { host: `127.0.0.1:${port()}` },
    });
    // The same name, which leads elsewhere by now, and on another port is another site.
    const other = new URL(at("/secret"));
    other.port = "1";
    page("/to-port", (_, answer) => answer.writeHead(302, { location: other.href }).end());
    await expect(websites.ask(at("/to-port"), question)).rejects.toMatchObject({
      code: "website-private",
    });
    expect(asked.map(({ path }) => path)).toEqual(["/to-private", "/to-port"]);
  });

  it("follows three redirections, and no fourth", async () => {
    for (const n of [0, 1, 2, 3])
      page(`/${String(n)}`, (_, answer) =>
        answer.writeHead(302, { location: `/${String(n + 1)}` }).end(),
      );
    page("/4", (_, answer) => answer.end("here"));
    expect(Buffer.from((await websites.ask(at("/1"), HERE)).bytes).toString()).toBe("here");
    await expect(websites.ask(at("/0"), HERE)).rejects.toMatchObject({
      code: "website-unreachable",
      view: { redirects: true },
    });
    expect(await refusalOf(websites.ask(at("/0"), HERE))).toContain("leads me on and on");
  });

  it("reads nothing from a site whose certificate nobody vouches for", async () => {
    const answered: string[] = [];
    const secure = createTlsServer(selfSigned(["site.example"]), ({ url = "" }, answer) => {
      answered.push(url);
      answer.end("secret");
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      const { port: here } = secure.address() as AddressInfo;
      const site = new URL(`https://site.example:${String(here)}/`);
      const refusal = await refusalOf(websites.ask(site, HERE));
      expect(refusal).toContain("shows a certificate that nobody vouches for");
      expect(answered).toEqual([]);
    } finally {
      secure.closeAllConnections();
      await new Promise((resolve) => secure.close(resolve));
    }
  });

  it("reads no more than is taken: told before, or endless", async () => {
    const refused = { code: "website-too-large", view: { most: 64 } };
    page("/long", (_, answer) => answer.writeHead(200, { "content-length": 1e9 }).write("x"));
    const closed = new Promise((resolve) => {
      page("/endless", (_, answer) => {
        const more = (): void => {
          while (answer.write(Buffer.alloc(16_384)));
        };
        answer.on("drain", more).once("close", resolve);
        more();
      });
    });
    for (const path of ["/long", "/endless"])
      await expect(websites.ask(at(path), { ...HERE, maxBytes: 65_536 })).rejects.toMatchObject(
        refused,
      );
    await closed;
    expect(await refusalOf(websites.ask(at("/long"), { ...HERE, maxBytes: 65_536 }))).toContain(
      "answered with more than 64 KiB",
    );
  });

  it("HEAD tells a length and has none", async () => {
    page("/long", (_, answer) => answer.writeHead(200, { "content-length": 1e9 }).end());
    const { status, bytes } = await websites.ask(at("/long"), { ...HERE, method: "HEAD" });
    expect([status, bytes.length]).toEqual([200, 0]);
  });

  const silent = { code: "website-unreachable", view: { silent: true } };

  it.each<[string, RequestListener]>([
    ["never answers", () => undefined],
    ["begins and never ends", (_, answer) => answer.writeHead(200).write("x")],
    ["drips its headers", (_, answer) => answer.socket?.write("HTTP/1.1 200 OK\r\nA: b\r\n")],
  ])("gives up on a site that %s, and not before its time", async (_, listener) => {
    page("/slow", listener);
    const asking = new Promise<void>((resolve) => {
      came = resolve;
    });
    const answer = websites.ask(at("/slow"), { ...HERE, timeoutMs: 5_000 });
    let settled = false;
    answer.catch(() => undefined).finally(() => (settled = true));
    await asking;
    clock.advance(4_999);
    await Promise.resolve();
    expect(settled).toBe(false);
    clock.advance(1);
    await expect(answer).rejects.toMatchObject(silent);
    expect(clock.waiting).toBe(0);
  });

  it("gives up on names that nobody tells of, and tells them from ones that are not there", async () => {
    names = () => new Promise(() => undefined);
    const answer = websites.ask(at("/"));
    clock.advance(30_000);
    await expect(answer).rejects.toMatchObject(silent);
    names = () => Promise.reject(new Error("ENOTFOUND"));
    await expect(websites.ask(at("/"))).rejects.toMatchObject({ view: { unknownName: true } });
    expect(await refusalOf(websites.ask(at("/")))).toContain("has a name that nobody knows");
  });

  it("a stop ends what is under way, and nothing is asked any more", async () => {
    page("/slow", () => undefined);
    const asking = new Promise<void>((resolve) => {
      came = resolve;
    });
    const answer = websites.ask(at("/slow"), HERE);
    await asking;
    websites.stop();
    await expect(answer).rejects.toMatchObject(silent);
    await expect(websites.ask(at("/slow"), HERE)).rejects.toMatchObject(silent);
    expect(await refusalOf(websites.ask(at("/slow"), HERE))).toContain("gave no answer");
    expect(asked).toHaveLength(1);
  });

  it("says no more of an address than its host", async () => {
    names = () => Promise.reject(new Error("ENOTFOUND"));
    const failure: unknown = await websites
      .ask(new URL("https://site.example/SECRET?token=SECRET#SECRET"), {
        headers: { authorization: "SECRET" },
      })
      .catch((error: unknown) => error);
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain("SECRET");
  });
});
