import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ConnectorTalk, LINKED } from "../../../../test/harness/bridges/connectorTalk.ts";
import { ScriptedMautrixTelegram } from "../../../../test/harness/bridges/scriptedMautrixTelegram.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { MAUTRIX_TELEGRAM } from "./wording.ts";

const CHAT = "-1001";
const other = "!other:example.org" as RoomId;
const DONE = "Bridging complete. Portal synchronization should begin momentarily.";

let talk: ConnectorTalk<ScriptedMautrixTelegram>;
beforeEach(() => {
  talk = new ConnectorTalk((hands) => new ScriptedMautrixTelegram(hands));
});

const link = (): ReturnType<typeof talk.link> => talk.link(CHAT);

describe("linking by mautrix-telegram", () => {
  it("is asked for and confirmed in the room itself, and seen by the bridge's own word", async () => {
    const connector = talk.open();
    expect(await talk.ends(connector.connect(link()))).toBe("whole");
    expect(await talk.ends(connector.connected(link()))).toBe("come");
    await talk.ends(connector.finish(link()));
    expect(talk.heard).toEqual(["room: !tg bridge -1001", "room: !tg continue", "room: !tg id"]);
  });

  it("is repeated after a crash without a second link", async () => {
    talk.bridge.links(LINKED, CHAT);
    expect(await talk.ends(talk.open().connect(link()))).toBe("stood");
    expect(talk.heard).toEqual(["room: !tg bridge -1001", "room: !tg id"]);
  });

  it("is refused where the room is linked with another chat, or the chat with another room", async () => {
    talk.bridge.links(LINKED, "-1002");
    const refused = (advice: string): object => ({
      code: "bridge-refused",
      view: { advice: { template: `bridge-advice/${advice}` } },
    });
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject(refused("room-linked"));
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    talk = new ConnectorTalk((hands) => new ScriptedMautrixTelegram(hands));
    talk.bridge.links(other, CHAT);
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject(refused("chat-taken"));
    // What it waits for is taken back, and nothing of the other room is touched.
    expect(talk.heard).toEqual(["room: !tg bridge -1001", "room: !tg cancel"]);
    expect(talk.bridge.linked(other)).toBe(true);
  });

  it.each([
    ["bridge", "admin", "You do not have the permissions to bridge this room."],
    ["bridge", "admin", "You are not whitelisted to use this bridge."],
    ["bridge", "chat-excluded", "This bridge doesn't allow bridging that Telegram chat."],
    ["bridge", undefined, "That doesn't seem like a prefixed Telegram chat ID."],
    ["bridge", "bridge-log", "Unhandled error while handling command:\n\n```traceback\nx```"],
    [
      "continue",
      "chat-unknown",
      "Failed to get info of telegram chat. You're not logged in, is the relay bot in the chat?",
    ],
    ["continue", "chat-unknown", "The bot doesn't seem to be in that chat."],
    [
      "continue",
      "chat-taken",
      "The portal seems to have created a Matrix room between you calling `!tg bridge` and this command.",
    ],
    ["continue", undefined, "Unknown command. Try `!tg help` for help."],
  ])("is refused at %s with advice (%s)", async (order, advice, words) => {
    talk.odd.set(order, words);
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({
      code: "bridge-refused",
      view: {
        line: words.split("\n")[0],
        advice: advice === undefined ? undefined : { template: `bridge-advice/${advice}` },
      },
    });
  });

  it("is not believed of silence, garbage, an impostor, another room, or what others wrote", async () => {
    talk.odd.set("continue", undefined);
    const silent = talk.open().connect(link());
    for (let turn = 0; turn < 9; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    talk.says(DONE, "@telegrambot:evil.example" as UserId, LINKED);
    talk.says(DONE, talk.bridge.bot, other);
    talk.says(DONE, talk.bridge.bot, LINKED, "m.text");
    expect(await talk.ends(silent)).toMatchObject({ code: "bridge-silent" });
    // It had linked it, and said so to nobody.
    talk.bridge.kicked(LINKED);
    talk.odd.set("continue", "Beep boop");
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({
      code: "bridge-unclear",
      view: { lines: ["Beep boop"] },
    });
  });

  it("is heard behind the bot's greeting, and not typed before the bot is there", async () => {
    const greeted = `Hello, I'm a Telegram bridge bot.\nUse \`!tg help\` for help.\n${DONE}`;
    talk.odd.set("continue", greeted);
    expect(await talk.ends(talk.open().connect(link()))).toBe("whole");
    talk.here = false;
    talk.heard.length = 0;
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({ code: "bridge-absent" });
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    expect(talk.heard).toEqual([]);
  });

  it("is not there yet where the bridge says nothing, and refused where its bot could put people out", async () => {
    talk.odd.set("id", undefined);
    expect(await talk.ends(talk.open().connected(link()))).toBe("not yet");
    talk.levels = { ...talk.levels, users: { [talk.bridge.bot]: 50 } };
    expect(await talk.ends(talk.open().connect(link()))).toMatchObject({
      code: "bridge-would-kick",
    });
  });
});

describe("unlinking by mautrix-telegram", () => {
  it("is asked and confirmed where nobody else reads it", async () => {
    talk.bridge.links(LINKED, CHAT);
    await talk.ends(talk.open().disconnect(link()));
    expect(talk.bridge.linked(LINKED)).toBe(false);
    expect(talk.heard).toEqual([
      "room: !tg id",
      `alone: !tg unbridge ${LINKED}`,
      "alone: !tg confirm-unbridge",
    ]);
  });

  it("leaves alone what has come in its place", async () => {
    talk.bridge.links(LINKED, "-1002");
    await talk.ends(talk.open().disconnect(link()));
    expect(talk.bridge.linked(LINKED)).toBe(true);
  });

  it("is done too where the bot was put out, and needs no answer then", async () => {
    talk.bridge.links(LINKED, CHAT);
    talk.here = false;
    await talk.ends(talk.open().disconnect(link()));
    expect(talk.bridge.linked(LINKED)).toBe(false);
    talk.odd.set("unbridge", undefined);
    expect(await talk.ends(talk.open().disconnect(link()))).toBeUndefined();
  });

  it("fails where the bridge refuses, or the link stands after that", async () => {
    talk.bridge.links(LINKED, CHAT);
    talk.odd.set("unbridge", "You do not have the permissions to unbridge that portal.");
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject({
      code: "bridge-refused",
    });
    talk.odd.set(
      "unbridge",
      'Please confirm unbridging chat "x" from room y by typing `confirm-unbridge`',
    );
    talk.odd.set("confirm-unbridge", "Room successfully unbridged.");
    talk.bridge.deaf.add("confirm-unbridge");
    expect(await talk.ends(talk.open().disconnect(link()))).toMatchObject({
      code: "bridge-silent",
    });
  });
});

describe("the health of mautrix-telegram", () => {
  const known = (version: string): string =>
    `[mautrix-telegram](https://github.com/mautrix/telegram) ${version}`;

  it.each([
    [{}, { is: "up", version: "0.15.3" }],
    [{ version: known("0.16.0+dev.[1234](https://x)") }, { is: "up", version: "0.16.0" }],
    [{ version: known("[0.14.2](https://x)") }, { is: "too-old" }],
    [{ version: undefined }, { is: "down" }],
    [{ version: "Bridge version unknown" }, { is: "unusable" }],
    [{ "set-pl": "That command is limited to bridge administrators." }, { is: "unusable" }],
  ])("with %j is %j", async (words, health) => {
    for (const [order, said] of Object.entries(words)) talk.odd.set(order, said);
    expect(await talk.ends(talk.open().health())).toEqual(health);
  });
});

describe("what mautrix-telegram is given and told", () => {
  it("is the level of its own events and of inviting, and none of its own", () => {
    const power = {
      version: "11",
      creators: new Set<UserId>(),
      levels: { invite: 50, users_default: 0 },
    };
    const connector = talk.open();
    expect(connector.powers(power)).toEqual({
      ...{ level: 0, invite: 0 },
      events: { "m.bridge": 0, "uk.half-shot.bridge": 0 },
    });
    expect(connector.rule.map((need) => ("type" in need ? need.type : ""))).toEqual([
      "fi.mau.telegram.bridge",
      "fi.mau.telegram.unbridge",
    ]);
    expect(connector.nameOf({ channel: CHAT })).toBe(CHAT);
    expect(connector.inRoom).toBe(true);
  });

  it("is a number below zero, as the bridge itself writes it, and nothing else", () => {
    const connector = talk.open();
    for (const id of ["-1001234567890", "-4012345678", "-1", "-10", "-99"])
      expect(connector.target([id])).toEqual({ channel: id });
    const wrong = ["", "5", "-", "-0", "-01", "-100", "-1000123", "--usebot", "-1;2", "-1 2", "-x"];
    for (const word of wrong) expect(() => connector.target([word])).toThrow(/bridge-target-chat/);
    expect(() => connector.target(["-1", other])).toThrow(/bridge-target-chat/);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (word) => {
        try {
          expect(connector.target([word]).channel).toMatch(/^-[1-9]\d*$/);
        } catch (error) {
          if (!(error instanceof UsherError)) throw error;
        }
      }),
    );
  });

  it("never deletes a room, and never takes a chat from another", () => {
    const all = JSON.stringify(Object.values(MAUTRIX_TELEGRAM.asks).map(({ say }) => say));
    expect(all).not.toMatch(/--|delete|and-continue|usebot/i);
  });
});
