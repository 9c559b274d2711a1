import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { whyUnreachable } from "./reach.ts";

/** What `fetch` really throws. */
async function failure(url: string): Promise<unknown> {
  return fetch(url, { signal: AbortSignal.timeout(30_000) }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("why an address cannot be reached", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function listening(answer: string | undefined): Promise<number> {
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      if (answer === undefined) socket.destroy();
      else socket.end(answer);
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    return (server.address() as { port: number }).port;
  }

  it("nothing listens", async () => {
    const port = await listening("");
    await new Promise((resolve) => server?.close(resolve));
    const url = `http://127.0.0.1:${String(port)}`;
    expect(whyUnreachable(await failure(url), url)).toBe(
      `Nothing listens at ${url}. Check the port, and whether the homeserver runs.`,
    );
  });

  it("there is http, not https", async () => {
    const url = `https://127.0.0.1:${String(await listening("HTTP/1.1 400 Bad Request\r\n\r\n"))}`;
    expect(whyUnreachable(await failure(url), url)).toContain("speaks http, not https");
  });

  it("the connection is ended", async () => {
    const url = `http://127.0.0.1:${String(await listening(undefined))}`;
    expect(whyUnreachable(await failure(url), url)).toContain("ends the connection");
  });

  it.each([
    ["ENOTFOUND", "No server has the name"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
    ["UND_ERR_CONNECT_TIMEOUT", "does not answer in time"],
    ["EODD", "cannot be reached (EODD)"],
  ])("%s", (code, words) => {
    const cause = Object.assign(new Error("inner"), { code });
    expect(whyUnreachable(new TypeError("fetch failed", { cause }), "https://x.example")).toContain(
      words,
    );
  });

  it("nothing is known", () => {
    expect(whyUnreachable(new TypeError("fetch failed"), "https://x.example")).toBe(
      "https://x.example cannot be reached.",
    );
  });
});
