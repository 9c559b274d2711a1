import { beforeEach, describe, expect, it } from "vitest";
import { MemoryHomeserver } from "../../../test/harness/memoryHomeserver.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { POWER_LEVELS } from "../../matrix/power.ts";
import { Alterations } from "./alterations.ts";
import { BridgeBotLevels } from "./botLevels.ts";

const room = "!r:example.org" as RoomId;
const ann = "@ann:example.org" as UserId;
const bot = "@bridge:example.org" as UserId;
const LEVELS = { users: { [ann]: 100, "@usher:example.org": 100 }, invite: 50, events: { x: 7 } };

let server: MemoryHomeserver;
beforeEach(() => {
  server = new MemoryHomeserver();
  server.make(room, {
    creator: ann,
    joined: [ann, server.me],
    levels: LEVELS,
    more: [["m.room.name", { name: "Ours" }]],
  });
});

describe("what a bridge changes in a room", () => {
  it("is put back where its bot was the last to change it, and what was not there is emptied", async () => {
    const alterations = new Alterations(server);
    const had = await alterations.kept(room, ["name", "topic", "avatar"]);
    server.put(room, "m.room.name", "", { name: "#remote" }, bot);
    server.put(room, "m.room.topic", "", { topic: "remote" }, bot);
    server.put(room, "m.room.avatar", "", { url: "mxc://x/y" }, ann);
    await alterations.putBack(room, bot, had);
    expect(await server.state(room, "m.room.name", "")).toEqual({ name: "Ours" });
    expect(await server.state(room, "m.room.topic", "")).toEqual({ topic: "" });
    expect(await server.state(room, "m.room.avatar", "")).toEqual({ url: "mxc://x/y" });
  });

  it("leaves no mark of its own, and every mark of others", async () => {
    server.put(room, "m.bridge", "x/a", { bridgebot: bot }, bot);
    server.put(room, "uk.half-shot.bridge", "x/a", { bridgebot: bot }, bot);
    server.put(room, "m.bridge", "x/b", { bridgebot: "@other:example.org" }, bot);
    server.put(room, "m.room.bridging", "irc://x/#a", { user_id: ann, status: "success" }, bot);
    server.put(room, "m.room.bridging", "irc://x/#b", { user_id: ann, status: "success" }, ann);
    server.put(room, "uk.half-shot.bridge", "irc://x/#a", { status: "success" }, bot);
    await new Alterations(server).putBack(room, bot, []);
    expect(await server.state(room, "m.bridge", "x/a")).toEqual({});
    expect(await server.state(room, "uk.half-shot.bridge", "x/a")).toEqual({});
    expect(await server.state(room, "m.bridge", "x/b")).toEqual({
      bridgebot: "@other:example.org",
    });
    for (const type of ["m.room.bridging", "uk.half-shot.bridge"])
      expect(await server.state(room, type, "irc://x/#a")).toEqual({});
    expect(await server.state(room, "m.room.bridging", "irc://x/#b")).toMatchObject({
      status: "success",
    });
  });

  it("stays where Usher may not change it any more", async () => {
    server.put(room, "m.bridge", "x/a", { bridgebot: bot }, bot);
    server.put(room, POWER_LEVELS, "", { users: { [ann]: 100 } }, ann);
    await new Alterations(server).putBack(room, bot, []);
    expect(await server.state(room, "m.bridge", "x/a")).toEqual({ bridgebot: bot });
  });
});

describe("what a bridge's bot is given in the power levels", () => {
  const powers = () => ({ level: 0, events: { "m.bridge": 0, x: 0 }, invite: 0 });

  it("is written once, and all of it taken back", async () => {
    const levels = new BridgeBotLevels(server);
    const given = await levels.wanted(room, bot, powers);
    await levels.give(room, bot, given);
    await levels.give(room, bot, given);
    expect(await server.state(room, POWER_LEVELS, "")).toEqual({
      ...LEVELS,
      invite: 0,
      events: { x: 0, "m.bridge": 0 },
    });
    await levels.takeBack(room, bot, given);
    await levels.takeBack(room, bot, given);
    expect(await server.state(room, POWER_LEVELS, "")).toEqual(LEVELS);
  });

  it("is not taken back where somebody has changed it since", async () => {
    const levels = new BridgeBotLevels(server);
    const given = await levels.wanted(room, bot, powers);
    await levels.give(room, bot, given);
    const now = await server.state(room, POWER_LEVELS, "");
    server.put(room, POWER_LEVELS, "", { ...now, invite: 10 }, ann);
    await levels.takeBack(room, bot, given);
    expect(await server.state(room, POWER_LEVELS, "")).toEqual({ ...LEVELS, invite: 10 });
  });
});
