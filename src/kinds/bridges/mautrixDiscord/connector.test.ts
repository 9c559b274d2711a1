import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ConnectorTalk, LINKED } from "../../../../test/harness/bridges/connectorTalk.ts";
import { ScriptedMautrixDiscord } from "../../../../test/harness/bridges/scriptedMautrixDiscord.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { MAUTRIX_DISCORD } from "./wording.ts";

const CHANNEL = "111222333";
const other = "!other:example.org" as RoomId;
let talk: ConnectorTalk<ScriptedMautrixDiscord>;
beforeEach(() => {
  talk = new ConnectorTalk((hands) => new ScriptedMautrixDiscord(hands));
});

const link = (more: object = {}): ReturnType<typeof talk.link> => talk.link(CHANNEL, more);
const refused = (advice: string): object => ({
  code: "bridge-refused",
  view: { advice: { template: `bridge-advice/${advice}` } },
});

describe("linking by mautrix-discord", () => {
  it("is asked for in the room, and seen where nobody else reads it", async () => {
    const connector = talk.open();
    await connector.check(link());
    expect(await talk.ends(connector.connect(link()))).toBe("whole");
    expect(await talk.ends(connector.connected(link()))).toBe("come");
    await talk.ends(connector.finish(link()));
    expect(talk.heard).toEqual([
      `alone: !discord set-relay ${LINKED}`,
      `room: !discord bridge ${CHANNEL}`,
      `alone: !discord set-relay ${LINKED}`,
    ]);
  });

  it("is repeated after a crash without a second link", async () => {
    talk.bridge.links(LINKED, CHANNEL);
    expect(await talk.ends(talk.open().connect(link()))).toBe("stood");
    expect(talk.bridge.linked(LINKED)).toBe(true);
  });

  it("does not take an older link for its own: by its mark, and without one where the bot was there before", async () => {
    talk.bridge.links(LINKED, "999888777");
    expect(await talk.ends(talk.open().connect(link({ botCame: true })))).toMatchObject(
      refused("room-linked"),
    );
    expect(await talk.ends(talk.open().connected(link({ botCame: true })))).toBe("not yet");
    talk.state.length = 0;
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    // What somebody else wrote in the bot's name is no mark.
    const forged = { bridgebot: talk.bridge.bot, channel: { id: CHANNEL } };
    const eve = "@eve:example.org" as UserId;
    talk.marks("m.bridge", `fi.mau.discord://discord/7/${CHANNEL}`, forged, eve);
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    await talk.ends(talk.open().disconnect(link()));
    expect(talk.bridge.linked(LINKED)).toBe(true);
  });

  it("is its own without a mark where the bot came for it, and by the newest mark where there are several", async () => {
    talk.bridge.marking = false;
    const connector = talk.open();
    expect(await talk.ends(connector.connect(link({ botCame: true })))).toBe("whole");
    expect(await talk.ends(connector.connected(link({ botCame: true })))).toBe("come");
    talk.bridge.marking = true;
    talk.bridge.links(LINKED, "999888777");
    talk.bridge.links(LINKED, CHANNEL);
    expect(await talk.ends(connector.connected(link()))).toBe("come");
  });

  it.each([
    [
      "chat-taken",
      "That channel is already bridged to [x](https://matrix.to/#/!o:x). Additionally, you do not have the permissions to unbridge the old room.",
    ],
    ["chat-unknown", "Channel not found"],
    ["admin", "That command requires room admin rights."],
  ])("is refused with advice (%s)", async (advice, words) => {
    talk.odd.set("bridge", words);
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject(refused(advice));
  });

  it("is not believed of silence, garbage, an impostor, another room, or what others wrote", async () => {
    talk.odd.set("bridge", undefined);
    const silent = talk.open().connect(link());
    for (let turn = 0; turn < 9; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    talk.says("Room successfully bridged", "@discordbot:evil.example" as UserId, LINKED);
    talk.says("Room successfully bridged", talk.bridge.bot, other);
    talk.says("Room successfully bridged", talk.bridge.bot, LINKED, "m.text");
    expect(await talk.ends(silent)).toMatchObject({ code: "bridge-silent" });
    talk.bridge.hear(LINKED, "!discord unbridge");
    talk.here = true;
    talk.odd.set("bridge", "Beep boop");
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({
      code: "bridge-unclear",
      view: { lines: ["Beep boop"] },
    });
  });

  it("is not typed before the bot is there, and not there yet where the bridge is silent or not logged in", async () => {
    talk.odd.set("set-relay", undefined);
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    talk.odd.set("set-relay", "That command requires you to be logged in.");
    expect(await talk.ends(talk.open().connected(link()))).toMatchObject(refused("login"));
    talk.here = false;
    talk.heard.length = 0;
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({ code: "bridge-absent" });
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    expect(talk.heard).toEqual([]);
  });
});

describe("unlinking by mautrix-discord", () => {
  it("is proven by the bot's own leave: it says nothing", async () => {
    talk.bridge.links(LINKED, CHANNEL);
    expect(await talk.ends(talk.open().disconnect(link()))).toBeUndefined();
    expect(talk.bridge.linked(LINKED)).toBe(false);
    expect(talk.here).toBe(false);
  });

  it("has the bot come back where it was put out", async () => {
    talk.bridge.links(LINKED, CHANNEL);
    talk.here = false;
    expect(await talk.ends(talk.open().disconnect(link()))).toBeUndefined();
    expect(talk.bridge.linked(LINKED)).toBe(false);
  });

  it("does nothing where nothing is linked", async () => {
    talk.here = false;
    await talk.ends(talk.open().disconnect(link({ botCame: true })));
    talk.here = true;
    await talk.ends(talk.open().disconnect(link()));
    expect(talk.heard.filter((order) => !order.startsWith("alone: "))).toEqual([]);
  });

  it("fails where the bridge refuses, and where the bot stays", async () => {
    talk.bridge.links(LINKED, CHANNEL);
    talk.bridge.deaf.add("unbridge");
    talk.odd.set("unbridge", "That command requires room admin rights.");
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject(refused("admin"));
    talk.odd.set("unbridge", undefined);
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject({
      code: "bridge-silent",
    });
  });
});

describe("the health of mautrix-discord", () => {
  it.each([
    ["You're logged in as @usher (`42`)", "up"],
    ["You're not logged in", "unusable"],
    ["You have a Discord token stored, but are not connected for some reason 🤔", "unusable"],
    ["You're logged in, but the Discord connection seems to be dead 💥", "unusable"],
    [undefined, "down"],
  ])("that says %j is %s", async (said, is) => {
    talk.odd.set("ping", said);
    expect(await talk.ends(talk.open().health())).toEqual({ is });
  });
});

describe("what mautrix-discord is given and told", () => {
  it("is the level of its own events and of inviting, and none of its own", () => {
    const levels = { invite: 50, users_default: 0 };
    const connector = talk.open();
    expect(connector.powers({ version: "11", creators: new Set(), levels })).toEqual({
      ...{ level: 0, invite: 0 },
      events: { "m.bridge": 0, "uk.half-shot.bridge": 0 },
    });
    expect(connector.rule).toEqual([{ kind: "state", type: "fi.mau.discord.admin" }]);
    expect(connector.nameOf({ channel: CHANNEL })).toBe(CHANNEL);
  });

  it("is an id as Discord makes them, and nothing else", () => {
    const connector = talk.open();
    expect(connector.target([CHANNEL])).toEqual({ channel: CHANNEL });
    for (const word of ["", "0", "-5", "--replace", "12345;6", "12345 6", "1234x", "٣٤٥٦٧٨"])
      expect(() => connector.target([word])).toThrow(/bridge-target-chat/);
    expect(() => connector.target([CHANNEL, "--replace"])).toThrow(/bridge-target-chat/);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (word) => {
        try {
          expect(connector.target([word]).channel).toMatch(/^[1-9]\d*$/);
        } catch (error) {
          if (!(error instanceof UsherError)) throw error;
        }
      }),
    );
  });

  it("never takes a channel from another room, deletes anything, or makes a webhook", () => {
    const all = JSON.stringify(Object.values(MAUTRIX_DISCORD.asks).map(({ say }) => say));
    expect(all).not.toMatch(/--|delete|guilds/i);
  });
});
