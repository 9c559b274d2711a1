import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { Websites } from "../../../net/websites.ts";
import type { Secret } from "../../../config/secret.ts";
import { FEED, WEBHOOK } from "../sorts.ts";
import { HookshotApi } from "./api.ts";

const me = "@usher:x" as UserId;
const room = "!r:x" as RoomId;
const url = "https://news.example.org/feed.xml";
const TOKEN = "a-token-of-hookshot";
const made = { id: "abc", eventType: FEED.type, config: { url } };

describe("the widget API of hookshot", () => {
  let server: TestServer;
  let answer: (request: SeenRequest) => TestAnswer;
  let loggedIn: TestAnswer;
  let api: HookshotApi;

  beforeEach(async () => {
    loggedIn = { json: { token: TOKEN, userId: me } };
    answer = () => ({ json: [] });
    server = await startTestServer((request) =>
      request.path.endsWith("/exchange_openid") ? loggedIn : answer(request),
    );
    const openIdToken = (): Promise<{ token: string; server: string }> =>
      Promise.resolve({ token: "openid", server: "x" });
    const http = new Websites({ clock: new ManualClock() });
    const bot = "@hookshot:x" as UserId;
    api = new HookshotApi({ http, matrix: { me, openIdToken }, url: `${server.url}/`, bot });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("is asked as Usher itself, at these addresses and no others, with one log-in", async () => {
    answer = ({ method }) => ({
      json: method === "GET" ? [made] : method === "POST" ? made : { ok: true },
    });
    expect(await api.connections(room)).toMatchObject([{ id: "abc", config: { url } }]);
    await api.make(room, FEED, { url });
    await api.unmake(room, "abc");
    const base = "/widgetapi/v1";
    const connections = `${base}/!r%3Ax/connections`;
    expect(server.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", `${base}/exchange_openid`, { openIdToken: "openid", matrixServer: "x" }],
      ["GET", connections, undefined],
      ["POST", `${connections}/${FEED.type}`, { url }],
      ["DELETE", `${connections}/abc`, undefined],
    ]);
    const asked = server.seen.slice(1);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill(`Bearer ${TOKEN}`),
    );
    expect(asked.map(({ query }) => query.get("botUserId"))).toEqual(Array(3).fill("@hookshot:x"));
  });

  it("is logged in to once anew where a token has ended, and not again and again", async () => {
    let ended = 1;
    answer = () => ((ended -= 1) >= 0 ? { status: 401, json: {} } : { json: [] });
    expect(await api.connections(room)).toEqual([]);
    expect(server.seen).toHaveLength(4);
    ended = Infinity;
    await expect(api.connections(room)).rejects.toMatchObject({ code: "hookshot-login" });
  });

  it.each([
    ["refuses the log-in", { status: 500, json: { errcode: "M_AS_BAD_OPENID" } }, "hookshot-login"],
    ["takes it for another's", { json: { token: "t", userId: "@eve:x" } }, "hookshot-login"],
    ["gives no token", { json: { userId: me } }, "hookshot-unclear"],
  ])("that %s does nothing, and the next try logs in anew", async (_, first, code) => {
    loggedIn = first;
    await expect(api.sections()).rejects.toMatchObject({ code });
    loggedIn = { json: { token: TOKEN, userId: me } };
    answer = () => ({ json: { feeds: true } });
    expect(await api.sections()).toEqual({ feeds: true });
  });

  it.each([
    [403, "HS_FORBIDDEN_USER", "hookshot-forbidden"],
    [403, "HS_FORBIDDEN_BOT", "hookshot-bot-power"],
    [403, "HS_NOT_IN_ROOM", "hookshot-bot-gone"],
    [500, "HS_DISABLED_FEATURE", "hookshot-off"],
    [400, "HS_BAD_VALUE", "hookshot-refused"],
    [404, "HS_NOTFOUND", "hookshot-refused"],
    [409, "HS_CONFLICTING_CONNECTION", "hookshot-refused"],
    [500, "HS_UNKNOWN", "hookshot-refused"],
    [500, undefined, "hookshot-unclear"],
  ])("that refuses with %i %s is told of as %s", async (status, errcode, code) => {
    answer = () => ({ status, json: { errcode, error: "Why" } });
    await expect(api.make(room, FEED, { url })).rejects.toMatchObject({ code });
  });

  it.each([
    ["garbage", { text: "<html>" }],
    ["an id that leads elsewhere", { json: [{ ...made, id: "../x" }] }],
    ["no list", { json: { made } }],
  ])("that answers %s is not understood", async (_, given) => {
    answer = () => given;
    await expect(api.connections(room)).rejects.toMatchObject({ code: "hookshot-unclear" });
  });

  it("that sends without end, or is not there, is told of", async () => {
    answer = () => ({ text: "x".repeat(2_000_000) });
    await expect(api.connections(room)).rejects.toMatchObject({ code: "hookshot-unclear" });
    await server[Symbol.asyncDispose]();
    await expect(api.connections(room)).rejects.toMatchObject({ code: "hookshot-silent" });
  });

  it("reads what hookshot says of a feed, and nothing where it says something else", async () => {
    const lastResults = [{ ok: false, error: "HTTP 404" }];
    answer = () => ({
      json: [
        { ...made, secrets: { lastResults } },
        { ...made, secrets: "none" },
      ],
    });
    const [first, second] = await api.connections(room);
    expect(first?.secrets.lastResults).toMatchObject(lastResults);
    expect(second?.secrets.lastResults).toEqual([]);
  });

  it("reads a secret so that nothing shows it unasked", async () => {
    const hook = { id: "abc", eventType: WEBHOOK.type, config: { name: "builds" } };
    const address = "https://hooks.example.org/webhook/1b4e28ba";
    const read = async (secrets: unknown): Promise<Secret | undefined> => {
      answer = () => ({ json: { ...hook, secrets } });
      return (await api.make(room, WEBHOOK, { name: "builds" })).secrets.url;
    };
    const secret = await read({ url: address, hookId: "1b4e28ba" });
    expect(secret?.reveal()).toBe(address);
    expect(`${inspect(secret)} ${JSON.stringify({ secret })}`).not.toContain("1b4e28ba");
    const long = `https://hooks.example.org/${"x".repeat(3000)}`;
    for (const url of [undefined, 1, "", long, "https://x.example.org/a; rm x", "file:///x"])
      expect(await read({ url })).toBeUndefined();
    expect(await read(undefined)).toBeUndefined();
  });
});
