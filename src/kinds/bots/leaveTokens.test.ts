import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type TestAnswer,
  type TestServer,
} from "../../../test/harness/httpServer.ts";
import { ann, bot, BotWorld, order, room } from "../../../test/harness/botWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { Secret } from "../../config/secret.ts";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { Websites } from "../../net/websites.ts";
import { LeaveTokens } from "./leaveTokens.ts";

const LEAVE = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/leave`;

describe("a bot's own token", () => {
  let server: TestServer;
  let tokens: LeaveTokens;
  let owner: string;
  let left: TestAnswer;
  const asked = (): readonly string[] => server.seen.map(({ method, path }) => `${method} ${path}`);

  beforeEach(async () => {
    [owner, left] = [bot, { json: {} }];
    server = await startTestServer(({ path, headers }) => {
      if (headers.authorization !== "Bearer s3cr3t") return { status: 401, json: {} };
      return path === LEAVE ? left : { json: { user_id: owner } };
    });
    const leave = { homeserver: server.url, tokenFile: "poll" };
    tokens = new LeaveTokens({
      http: new Websites({ clock: new ManualClock() }),
      secrets: { read: (name) => (name === "leave.poll.token" ? new Secret("s3cr3t") : undefined) },
      settings: { poll: leave, gone: leave },
      entries: [new BotWorld().entry],
    });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("has it leave, once it is sure whose it is", async () => {
    expect([tokens.has(bot), tokens.has("@other:x" as UserId)]).toEqual([true, false]);
    await tokens.leave(bot, room);
    expect(asked()).toEqual(["GET /_matrix/client/v3/account/whoami", `POST ${LEAVE}`]);
  });

  it("of another account has nobody leave", async () => {
    owner = "@ann:x";
    const error = await tokens.leave(bot, room).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "bot-token", view: { other: true } });
    expect(asked()).toEqual(["GET /_matrix/client/v3/account/whoami"]);
    const [own, gone] = (await tokens.findings()).map(({ finding }) => sentenceOf(finding));
    expect(own).toContain("is another account's");
    expect(gone).toContain("no entry of this id");
    expect(JSON.stringify([error, own, gone])).not.toContain("s3cr3t");
  });

  it("that is refused, or whose homeserver is silent, is told to the doctor, and the bot is kicked", async () => {
    const world = new BotWorld();
    world.manners = "heeds no words";
    world.tokens = tokens;
    await world.done(world.bots().add(room, order));
    left = { status: 403, json: {} };
    const removing = { user: bot, person: ann, cause: "$2" as EventId };
    expect(await world.done(world.bots().remove(room, removing))).toBe("kicked");
    await server[Symbol.asyncDispose]();
    const [own] = await tokens.findings();
    expect(own?.well).toBe(false);
    expect(sentenceOf(own?.finding)).toContain("does not answer");
    expect(await tokens.leave(bot, room).catch((one: unknown) => one)).toBeInstanceOf(UsherError);
    server = await startTestServer(() => ({ json: {} }));
  });

  it("is used in place of the words", async () => {
    const world = new BotWorld();
    world.tokens = {
      has: () => true,
      leave: () => {
        world.move(room, "leave", bot);
        return Promise.resolve();
      },
    };
    await world.done(world.bots().add(room, order));
    const before = world.effects.length;
    const removing = { user: bot, person: ann, cause: "$2" as EventId };
    expect(await world.done(world.bots().remove(room, removing))).toBe("left");
    expect(world.effects.slice(before).join()).not.toMatch(/say|kick/);
  });
});
