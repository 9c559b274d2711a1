import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestAnswer } from "../../test/harness/httpServer.ts";
import { ManualClock, systemClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { inMemory } from "./byteSource.ts";
import { createHomeserverCall, path, sdkClient } from "./client.ts";
import { HomeserverError, toUsherError } from "./errors.ts";
import { waitAsked } from "./http.ts";
import type { UploadType } from "../privacy/declared.ts";

const TOKEN = "syt_very_secret_token";

async function failureOf(
  answer: TestAnswer,
  options: { maxBytes?: number } = {},
): Promise<HomeserverError> {
  await using server = await startTestServer(() => answer);
  const call = createHomeserverCall({ url: server.url, token: TOKEN });
  const error: unknown = await call("GET", path("sync"), options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HomeserverError);
  return error as HomeserverError;
}

describe("call", () => {
  it("sends method, encoded path, query, body and token, and gives the answer as it is", async () => {
    await using server = await startTestServer(() => ({ json: { event_id: "$1" } }));
    const call = createHomeserverCall({ url: `${server.url}/`, token: TOKEN });
    const answer = await call("PUT", path("rooms", "!a/b:c", "send", "m.room.message", "t"), {
      query: { ts: 5, full: true, none: undefined, "a b": "c&d" },
      body: { body: "héllo" },
    });
    expect(answer).toEqual({ event_id: "$1" });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: "PUT",
      path: "/_matrix/client/v3/rooms/!a%2Fb%3Ac/send/m.room.message/t",
      body: { body: "héllo" },
    });
    expect([...(seen?.query ?? [])]).toEqual([
      ["ts", "5"],
      ["full", "true"],
      ["a b", "c&d"],
    ]);
    expect(seen?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(seen?.headers["content-type"]).toBe("application/json");
  });

  it("sends a file as it is, with its own type", async () => {
    const bytes = Uint8Array.of(0, 255, 13, 10, 123).subarray(1);
    await using server = await startTestServer(() => ({ json: { content_uri: "mxc://a/b" } }));
    const call = createHomeserverCall({ url: server.url, token: TOKEN });
    const file = {
      holds: "a test" as UploadType,
      size: 4,
      bytes: inMemory(bytes).open(),
      mimetype: "application/octet-stream",
    };
    expect(await call("POST", "/_matrix/media/v3/upload", { file })).toEqual({
      content_uri: "mxc://a/b",
    });
    expect(server.seen[0]).toMatchObject({
      method: "POST",
      headers: { "content-type": "application/octet-stream", "content-length": "4" },
      body: Buffer.of(255, 13, 10, 123),
    });
  });

  it("hears what time it is there, also of a refusal", async () => {
    const dates = ["Sun, 29 Nov 2026 12:00:00 GMT", "Sun, 29 Nov 2026 12:00:07 GMT", "noon"];
    const heard: number[] = [];
    const clock = new ManualClock();
    clock.other = { heard: (at) => heard.push(at), now: () => undefined };
    await using server = await startTestServer(() => ({
      ...(heard.length === 1 ? { status: 404 } : {}),
      ...{ json: {}, headers: { date: dates[heard.length] ?? "" } },
    }));
    const call = createHomeserverCall({ url: server.url, clock });
    for (const _ of dates) await call("GET", path("sync")).catch(() => undefined);
    const noon = Date.UTC(2026, 10, 29, 12);
    expect(heard).toEqual([noon, noon + 7_000, Number.NaN]);
  });

  it("row 26: keeps its connections", async () => {
    await using server = await startTestServer(() => ({ json: {} }));
    const call = createHomeserverCall({ url: server.url });
    for (let i = 0; i < 20; i++) await call("GET", path("sync"));
    expect(server.connections).toBeLessThan(5);
  });

  it("gives an answer that has a member `errcode` as it is: state content may have one, and it is no error", async () => {
    const content = { errcode: "M_NOT_FOUND", algorithm: "m.megolm.v1.aes-sha2" };
    await using server = await startTestServer(() => ({ json: content }));
    expect(await createHomeserverCall({ url: server.url })("GET", path("sync"))).toEqual(content);
  });

  it("row 11: reads Retry-After from the header first, and the deprecated member of the body second", async () => {
    const json = { errcode: "M_LIMIT_EXCEEDED", error: "Too fast", retry_after_ms: 1500 };
    expect(await failureOf({ status: 429, json, headers: { "retry-after": "7" } })).toMatchObject({
      kind: "answered",
      status: 429,
      errcode: "M_LIMIT_EXCEEDED",
      retryAfterMs: 7000,
      passing: true,
    });
    expect(await failureOf({ status: 429, json })).toMatchObject({ retryAfterMs: 1500 });
    expect(await failureOf({ status: 429, text: "slow down" })).toMatchObject({
      status: 429,
      retryAfterMs: undefined,
    });
    expect(waitAsked("Thu, 01 Jan 2026 00:00:10 GMT", Date.UTC(2026, 0, 1))).toBe(10_000);
    expect(waitAsked("Wed, 31 Dec 2025 00:00:10 GMT", Date.UTC(2026, 0, 1))).toBe(0);
    expect(waitAsked("soon", 0)).toBeUndefined();
  });

  it("row 13: a 502 with a page in HTML becomes an error that holds neither the page nor the token", async () => {
    const error = await failureOf({
      status: 502,
      text: "<html>Bad gateway SECRET PAGE</html>",
      headers: { "content-type": "text/html" },
    });
    expect(error).toMatchObject({
      kind: "answered",
      status: 502,
      errcode: undefined,
      passing: true,
    });
    const shown = [error, toUsherError(error, "send")].map(
      (one) => `${inspect(one, { depth: 10, showHidden: true })}${JSON.stringify(one)}`,
    );
    for (const text of shown) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain("SECRET PAGE");
      expect(text).not.toContain("127.0.0.1");
      expect(text.length).toBeLessThan(4000);
    }
  });

  it.each<[string, TestAnswer]>([
    [
      "an error with text",
      { status: 403, json: { errcode: "M_FORBIDDEN", error: `SECRET ${TOKEN}` } },
    ],
    ["text in place of a code", { status: 400, json: { errcode: `SECRET ${TOKEN}` } }],
    ["a closed socket", (response: ServerResponse) => response.destroy()],
    ["a broken answer", { text: `{"SECRET": "${TOKEN}` }],
    ["a redirect", { status: 302, headers: { location: `http://127.0.0.1/${TOKEN}` } }],
  ])("row 13: %s leaves no text and no token in what is thrown", async (_name, answer) => {
    const error = await failureOf(answer);
    for (const one of [error, toUsherError(error, "send")]) {
      const text = `${inspect(one, { depth: 10, showHidden: true })}${JSON.stringify(one)}`;
      expect(text).not.toContain("SECRET");
      expect(text).not.toContain(TOKEN);
    }
  });

  it("row 13: the SDK writes nothing to the console", async () => {
    const before = [process.stdout.write, process.stderr.write] as const;
    let written = "";
    process.stdout.write = process.stderr.write = (text: string | Uint8Array): boolean => {
      written += text.toString();
      return true;
    };
    try {
      await failureOf({ status: 500, json: { errcode: "M_UNKNOWN", error: "SECRET" } });
    } finally {
      [process.stdout.write, process.stderr.write] = before;
    }
    expect(written).not.toMatch(/SECRET|MatrixHttpClient|M_UNKNOWN/);
  });

  it.each(["null", "3", '"text"', "", "<html></html>"])(
    "row 14: the body %j with a good status is a malformed answer",
    async (text) => {
      expect(await failureOf({ text })).toMatchObject({
        kind: "malformed",
        status: 200,
        passing: true,
      });
    },
  );

  it("row 14: a null body with an error status is that status", async () => {
    expect(await failureOf({ status: 503, text: "null" })).toMatchObject({
      kind: "answered",
      status: 503,
      errcode: undefined,
    });
  });

  it("row 26: a closed socket is a network failure, and may pass", async () => {
    expect(await failureOf((response) => response.destroy())).toMatchObject({
      kind: "network",
      status: undefined,
      passing: true,
    });
  });

  it("row 26: a call has a time limit of its own", async () => {
    const clock = new ManualClock();
    await using server = await startTestServer(() => () => {
      clock.advance(5000);
    });
    const call = createHomeserverCall({ url: server.url, clock });
    await expect(call("GET", path("sync"), { timeoutMs: 5000 })).rejects.toMatchObject({
      kind: "timeout",
      passing: true,
    });
    expect(clock.waiting).toBe(0);
  });

  it("row 9: a call ends at once when its caller gives it up, and the connection with it", async () => {
    const stop = new AbortController();
    let closed: Promise<unknown> | undefined;
    await using server = await startTestServer(() => (response) => {
      closed = once(response, "close");
      stop.abort();
    });
    const call = createHomeserverCall({ url: server.url, clock: systemClock });
    await expect(call("GET", path("sync"), { signal: stop.signal })).rejects.toMatchObject({
      kind: "aborted",
      passing: false,
    });
    await closed;
    await expect(call("GET", path("sync"), { signal: stop.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
    expect(server.seen).toHaveLength(1);
  });

  it("reads no more than it is allowed to, counted after unpacking", async () => {
    const packed = gzipSync(JSON.stringify({ text: "x".repeat(1_000_000) }));
    const error = await failureOf(
      (response) => {
        response.writeHead(200, { "content-encoding": "gzip" });
        response.end(packed);
      },
      { maxBytes: 100_000 },
    );
    expect(packed.byteLength).toBeLessThan(100_000);
    expect(error).toMatchObject({ kind: "malformed", errcode: "M_TOO_LARGE" });
  });

  it("row 17: an invitation that claims to be direct makes the SDK's client do nothing, a refused write included", async () => {
    await using server = await startTestServer(() => ({
      status: 429,
      json: { errcode: "M_LIMIT_EXCEEDED" },
    }));
    const client = sdkClient(server.url, TOKEN);
    expect(
      client.emit("room.invite", "!room:x", {
        sender: "@evil:x",
        content: { membership: "invite", is_direct: true },
      }),
    ).toBe(false);
    expect(client.emit("account_data", { type: "m.direct", content: {} })).toBe(false);
    expect(client.dms.isDm("!room:x")).toBe(false);
    expect(server.seen).toEqual([]);
  });
});

describe("toUsherError", () => {
  it("names a limit, any other refusal, and passes what a person may see already", () => {
    expect(
      toUsherError(
        new HomeserverError({ kind: "answered", status: 429, errcode: "M_LIMIT_EXCEEDED" }),
        "send",
      ),
    ).toMatchObject({
      code: "room-limited",
      view: { status: 429, code: "M_LIMIT_EXCEEDED", action: "send" },
    });
    expect(
      toUsherError(
        new HomeserverError({ kind: "answered", status: 403, errcode: "M_FORBIDDEN" }),
        "join",
      ),
    ).toMatchObject({
      code: "room-unreachable",
      view: { status: 403, code: "M_FORBIDDEN", action: "join" },
    });
    expect(toUsherError(new HomeserverError({ kind: "network" }), "join")).toMatchObject({
      view: { status: undefined, code: "network" },
    });
    const known = new UsherError("power-person");
    expect(toUsherError(known, "send")).toBe(known);
    expect(toUsherError(new TypeError("x"), "send")).toMatchObject({ code: "unexpected" });
  });
});
