import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { Secret } from "../../../config/secret.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { Websites } from "../../../net/websites.ts";
import { MaubotClient } from "./client.ts";

const BASE = "/_matrix/maubot/v1";
const ROOM = "!r:example.org" as RoomId;
const BOT = "@echo:example.org" as UserId;
const CLIENT = {
  ...{ id: BOT, homeserver: "https://hs.example", access_token: "syt_secret", device_id: "D" },
  ...{ enabled: true, started: true, sync: true, autojoin: false, online: true, instances: [] },
  ...{ displayname: "disable", avatar_url: "disable", remote_displayname: "Echo" },
};

describe("asking a maubot", () => {
  let server: TestServer;
  let client: MaubotClient;
  let password: string;
  let valid: Set<string>;
  let answers: Record<string, TestAnswer>;
  let logIns: number;

  const answer = ({ method, path, headers, body }: SeenRequest): TestAnswer => {
    if (path === `${BASE}/auth/login`) {
      logIns += 1;
      const said = body as { username: string; password: string };
      if (said.username !== "admin" || said.password !== "right")
        return { status: 401, json: { error: "Invalid username or password", errcode: "x" } };
      valid.add(`token${String(logIns)}`);
      return { json: { token: `token${String(logIns)}` } };
    }
    if (!valid.has(headers.authorization?.replace("Bearer ", "") ?? ""))
      return { status: 401, json: { error: "no", errcode: "auth_token_invalid" } };
    return answers[`${method} ${path.slice(BASE.length)}`] ?? { status: 404, json: {} };
  };

  beforeEach(async () => {
    [password, valid, answers, logIns] = ["right", new Set(), {}, 0];
    server = await startTestServer(answer);
    client = new MaubotClient({
      http: new Websites({ clock: new ManualClock() }),
      url: `${server.url}${BASE}/`,
      user: "admin",
      password: () => new Secret(password),
    });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => "done",
      (error: unknown) => (error as UsherError).code,
    );

  it("logs in once for all, and reads no token and no configuration of what it lists", async () => {
    answers["GET /clients"] = { json: [CLIENT] };
    answers["GET /instances"] = {
      json: [
        {
          ...{ id: "echo", type: "xyz.maubot.echo", enabled: true, started: true },
          ...{ primary_user: BOT, config: "password: hidden", base_config: "" },
        },
      ],
    };
    const [clients, instances] = await Promise.all([client.clients(), client.instances()]);
    expect(logIns).toBe(1);
    expect(clients).toMatchObject([{ id: BOT, autojoin: false, remote_displayname: "Echo" }]);
    expect(JSON.stringify([clients, instances])).not.toMatch(/syt_secret|hidden/);
  });

  it("logs in anew where the token has ended, also where its password was changed meanwhile", async () => {
    answers["GET /plugins"] = { json: [{ id: "xyz.maubot.echo", version: "1.4.0" }] };
    await client.plugins();
    valid.clear();
    expect(await client.plugins()).toEqual([{ id: "xyz.maubot.echo", version: "1.4.0" }]);
    expect(logIns).toBe(2);
    [valid, password] = [new Set(), "wrong"];
    expect(await codeOf(client.plugins())).toBe("maubot-password");
    password = "right";
    expect(await codeOf(client.plugins())).toBe("done");
  });

  it("does not go on asking where a fresh token is refused too", async () => {
    valid.add = () => valid;
    expect(await codeOf(client.plugins())).toBe("maubot-password");
    expect(logIns).toBe(2);
  });

  it("has a bot join and leave through the proxy, and asks for nothing else there", async () => {
    const proxied = `/proxy/${encodeURIComponent(BOT)}/_matrix/client/v3`;
    answers[`POST ${proxied}/join/${encodeURIComponent(ROOM)}`] = { json: { room_id: ROOM } };
    answers[`POST ${proxied}/rooms/${encodeURIComponent(ROOM)}/leave`] = { json: {} };
    await client.move("join", BOT, ROOM);
    await client.move("leave", BOT, ROOM);
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST ${BASE}/auth/login`,
      `POST ${BASE}${proxied}/join/${encodeURIComponent(ROOM)}`,
      `POST ${BASE}${proxied}/rooms/${encodeURIComponent(ROOM)}/leave`,
    ]);
  });

  it("tells a refusal of the bot's homeserver from one of maubot", async () => {
    const path = `POST /proxy/${encodeURIComponent(BOT)}/_matrix/client/v3/join/${encodeURIComponent(ROOM)}`;
    for (const [status, errcode] of [
      [403, "M_FORBIDDEN"],
      [401, "M_UNKNOWN_TOKEN"],
    ] as const) {
      answers[path] = { status, json: { errcode, error: "You are banned." } };
      await expect(client.move("join", BOT, ROOM)).rejects.toMatchObject({
        code: "maubot-bot-refused",
        view: { user: BOT, joins: true, reason: "You are banned." },
      });
    }
    expect(logIns).toBe(1);
  });

  it("makes an instance, or says that the plugin is missing", async () => {
    const wanted = { id: "poll", plugin: "xyz.poll", config: "a: 1" };
    answers["PUT /instance/poll"] = {
      status: 404,
      json: { errcode: "plugin_type_not_found", error: "no" },
    };
    await expect(client.make(BOT, wanted)).rejects.toMatchObject({
      code: "maubot-instance",
      view: { id: "poll", plugin: "xyz.poll", missing: true },
    });
    answers["PUT /instance/poll"] = {
      status: 201,
      json: { id: "poll", type: "xyz.poll", enabled: true, started: true, primary_user: BOT },
    };
    await client.make(BOT, wanted);
    expect(server.seen.at(-1)?.body).toEqual({
      ...{ type: "xyz.poll", primary_user: BOT, enabled: true, config: "a: 1" },
    });
  });

  it.each([
    ["no JSON", { text: "<html>syt_secret" }, "maubot-unexpected"],
    ["another shape", { json: { access_token: "syt_secret" } }, "maubot-unexpected"],
    ["an account that is none", { json: [{ ...CLIENT, id: "echo" }] }, "maubot-unexpected"],
    ["an error of its own", { status: 502, json: {} }, "maubot-unexpected"],
    ["without end", { json: [{ ...CLIENT, homeserver: "x".repeat(2e6) }] }, "maubot-too-large"],
  ] as const)("an answer that is %s says nothing of what it holds", async (_, given, code) => {
    answers["GET /clients"] = given;
    const error = await client.clients().catch((one: unknown) => one);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, String((error as Error).stack)])).not.toContain("syt_secret");
  });

  it("one that is not there does not answer", async () => {
    await server[Symbol.asyncDispose]();
    expect(await codeOf(client.clients())).toBe("maubot-unreachable");
    server = await startTestServer(answer);
  });

  it("whatever a room or an account is called, asks for its own path or for nothing", async () => {
    await client.plugins().catch(() => undefined);
    const name = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("/../../sync", "?x=1", "#a", "%2f..%2f", "\\..\\", "a;b", "..", "."),
    );
    await fc.assert(
      fc.asyncProperty(name, name, async (user, room) => {
        const before = server.seen.length;
        await client.move("leave", `@${user}:x` as UserId, `!${room}` as RoomId).catch(() => 0);
        for (const { path } of server.seen.slice(before))
          expect(path).toMatch(
            /^\/_matrix\/maubot\/v1\/proxy\/[^/]+\/_matrix\/client\/v3\/rooms\/[^/]+\/leave$/,
          );
        for (const { path } of server.seen.slice(before))
          expect(decodeURIComponent(path).split("/")).toHaveLength(12);
      }),
      { numRuns: 60 },
    );
  });
});
