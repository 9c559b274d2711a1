import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { theKinds } from "../../scripts/noticeDocuments.ts";
import { FULL } from "../../test/harness/noticeFacts.ts";
import { edition, editionsOf, WORDINGS } from "../../test/harness/noticeEditions.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { WebServer } from "../http/webServer.ts";
import { ManualClock } from "../kernel/clock.ts";
import { silentLog } from "../kernel/log.ts";
import type { Edition } from "./editions.ts";
import { Notice, titleOf } from "./notice.ts";
import { noticePages } from "./noticePages.ts";
import { SECTIONS } from "./sections.ts";

const notice = new Notice({ config: FULL, canEncrypt: true, kinds: theKinds() });
const whole = sentenceOf(notice.whole());
const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");
const of = (version: number, text: string): Edition => ({
  ...edition(version, version === 1 ? {} : { changed: ["hosting"] }),
  ...{ text, sha256: sha256Of(text) },
});
const ONE = of(
  1,
  'Old <b>words</b> & "quotes"\n\nAsk @ann:example.org (https://example.org/a?b=1&c=2).\n- one\n- `two`',
);
const TWO = of(2, whole);

let server: WebServer;
beforeEach(async () => {
  const routes = noticePages({
    ...{ language: "en", publicUrl: "https://example.org/usher/", wordings: WORDINGS },
    editions: editionsOf(ONE, TWO),
    titles: new Set(SECTIONS.map((name) => sentenceOf(titleOf(name)))),
  });
  const address = { host: "127.0.0.1", port: 0, trustedProxies: [] };
  server = new WebServer({ ...address, routes, clock: new ManualClock(), log: silentLog });
  await server.start();
});
afterEach(async () => {
  await server.stop();
});

const get = (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${String(server.port)}${path}`, { headers });

/** What a browser reads out of `<main>`. */
async function readOf(response: Response): Promise<string> {
  const [, main = ""] = /<main>([^]*)<\/main>/.exec(await response.text()) ?? [];
  return main
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#x60;", "`")
    .replaceAll("&amp;", "&");
}

describe("R12 the notice for browsers", () => {
  it("is the text of the newest version, byte for byte, under its hash", async () => {
    const response = await get("/privacy");
    expect(response.headers.get("etag")).toBe(`"${sha256Of(whole)}"`);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await readOf(response)).toBe(whole);
    const again = await get("/privacy", { "if-none-match": `"x", "${sha256Of(whole)}"` });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("has headings, lists, and an address to follow for each that it names", async () => {
    const text = await (await get("/privacy")).text();
    for (const name of SECTIONS) expect(text).toContain(`<h2>${sentenceOf(titleOf(name))}</h2>`);
    expect(text).toContain("<li>- ");
    expect(text).toContain(`<code>${TWO.sha256}</code>`);
    expect(text).toContain(
      '<a href="https://aufsicht.test/complain">https://aufsicht.test/complain</a>',
    );
  });

  it("R82 keeps each version as it was, harmless whatever it says", async () => {
    const response = await get("/privacy/1");
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.headers.get("etag")).toBe(`"${ONE.sha256}"`);
    const text = await response.clone().text();
    expect(await readOf(response)).toBe(ONE.text);
    expect(text).not.toContain("<b>");
    expect(text).toContain("as it was");
  });

  it("lists all versions, newest first, with what is new", async () => {
    const text = await (await get("/privacy/history")).text();
    expect(text.indexOf("/usher/privacy/2")).toBeLessThan(text.indexOf("/usher/privacy/1"));
    expect(text).toContain("the first version");
    expect(text).toContain("where I run, and who takes part in that");
  });

  it.each(["3", "0", "01", "1e0", "__proto__", "%3Cscript%3E", "..%2f1"])(
    "says of version %s that there is none",
    async (version) => {
      const response = await get(`/privacy/${version}`);
      const text = await response.text();
      expect(response.status).toBe(404);
      expect(text).toContain("There is no such version of the privacy notice.");
      expect(text).not.toContain("<script>");
    },
  );

  it("R43 asks nothing of anybody else, and runs nothing", async () => {
    for (const path of ["/privacy", "/privacy/1", "/privacy/history"]) {
      const text = await (await get(path)).text();
      expect(text).not.toMatch(/<script|<img|<iframe|\ssrc=|\sstyle=|<form/);
      expect(text.match(/<link [^>]*>/g)).toEqual([
        '<link rel="stylesheet" href="/usher/page.css">',
      ]);
    }
    expect(await (await get("/page.css")).text()).not.toMatch(/url\(|@import/);
  });
});
