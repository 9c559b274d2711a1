import { describe, expect, it } from "vitest";
import type { UserId } from "../../../kernel/ids.ts";
import type { StateEvent } from "../../../matrix/port.ts";
import { linksOfOthers } from "./bridgeMarks.ts";

const BOT = "@telegrambot:elsewhere.example" as UserId;
type Content = Readonly<Record<string, unknown>>;

function state(type: string, stateKey: string, content: Content, sender: string): StateEvent {
  return { type, stateKey, content, sender } as StateEvent;
}

function linked(content: Content, bot: string = BOT, key = "telegram://1"): StateEvent[] {
  return [
    state("m.room.member", bot, { membership: "join" }, bot),
    state("uk.half-shot.bridge", key, { bridgebot: bot, ...content }, bot),
  ];
}

const telegram = { protocol: { id: "telegram", displayname: "Telegram" } };
const none: ReadonlySet<UserId> = new Set();
const tos = (states: readonly StateEvent[]): string[] =>
  linksOfOthers(states, none).map(({ to }) => to);

describe("what a room is linked to without Usher", () => {
  it.each<[string, Content, string]>([
    [
      "its chat",
      { ...telegram, channel: { id: "-1001", displayname: "Cats" } },
      "Cats on Telegram",
    ],
    [
      "its chat's id, where it has no name",
      { ...telegram, channel: { id: "-1" } },
      "-1 on Telegram",
    ],
    [
      "the network, where there are several",
      { protocol: { id: "irc" }, network: { id: "libera" }, channel: { id: "#cats" } },
      "#cats on libera",
    ],
    ["the network alone", { protocol: { id: "irc" } }, "irc"],
    ["the bot alone, where nothing can be read", { protocol: { id: "\u202e" } }, BOT],
  ])("is told by %s", (_, content, to) => {
    expect(linksOfOthers(linked(content), none)).toEqual([{ bot: BOT, to }]);
  });

  it("is each bot once, though it writes a mark by both names, and none that Usher knows", () => {
    const both = [
      ...linked(telegram),
      state("m.bridge", "x/y", { bridgebot: BOT, ...telegram }, BOT),
    ];
    expect(tos(both)).toEqual(["Telegram"]);
    expect(linksOfOthers(both, new Set([BOT]))).toEqual([]);
  });

  it("is not what somebody else says, what was left over, or how people sort their chats", () => {
    const [member, mark] = linked(telegram) as [StateEvent, StateEvent];
    expect(tos([member, { ...mark, sender: "@mallory:example.org" as UserId }])).toEqual([]);
    expect(tos([mark])).toEqual([]);
    const sorted = { ...telegram, "com.beeper.room_type.v2": "personal_filtering_space" };
    expect(tos(linked(sorted))).toEqual([]);
  });

  it("is at most five, however many accounts write marks", () => {
    const many = Array.from({ length: 30 }, (_, n) => linked(telegram, `@b${String(n)}:x.example`));
    expect(tos(many.flat())).toHaveLength(5);
  });

  it("is one short line, whatever is written", () => {
    const evil = { protocol: { id: "x", displayname: `\n\u202e${"A".repeat(500)}` } };
    expect(tos(linked(evil))).toEqual(["A".repeat(60)]);
  });
});
