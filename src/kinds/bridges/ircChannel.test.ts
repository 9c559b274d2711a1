import fc from "fast-check";
import { expect, it } from "vitest";
import { KillWorld } from "../../../test/harness/bridges/killWorld.ts";
import { ScriptedAppserviceIrc } from "../../../test/harness/bridges/scriptedAppserviceIrc.ts";
import { ScriptedBridgev2 } from "../../../test/harness/bridges/scriptedBridgev2.ts";
import { ScriptedHeisenbridge } from "../../../test/harness/bridges/scriptedHeisenbridge.ts";
import type { UserId } from "../../kernel/ids.ts";
import { REQUEST, requestOf } from "./appserviceIrc/request.ts";
import { isPlumbed } from "./heisenbridge/irc.ts";
import { channelOf, isSameChannel } from "./ircChannel.ts";

it("all spellings of a channel are one: [ and {, ] and }, \\ and |, ~ and ^, and letters (RFC 2812, 2.2)", () => {
  const letter = fc.constantFrom(..."ab[]\\~".split(""));
  const other: Readonly<Record<string, string>> = { "[": "{", "]": "}", "\\": "|", "~": "^" };
  fc.assert(
    fc.property(fc.array(letter, { minLength: 1, maxLength: 9 }), (letters) => {
      const spelled = letters.map((one) => other[one] ?? one.toUpperCase()).join("");
      expect(isSameChannel(`#${letters.join("")}`, spelled)).toBe(true);
      expect(isSameChannel(`#${letters.join("")}`, `#${spelled}x`)).toBe(false);
    }),
  );
});

it("what is said on IRC is what was typed: some servers tell them apart", () => {
  expect(channelOf("#A[b]")).toBe("#a[b]");
});

it("a bridge's list, and its request, are of the channel however they spell it", () => {
  expect(isPlumbed("#x, #a{b}", "#A[b]")).toBe(true);
  const bot = "@irc:x" as UserId;
  const event = { type: REQUEST, sender: bot, stateKey: "irc://IRC.x/#a{b}", originServerTs: 1 };
  const content = { user_id: "@ann:x", status: "pending" };
  const wanted = { bot, server: "irc.x", channel: "#A[b]", now: 3 };
  expect(requestOf([{ ...event, content }] as never, wanted)?.ageMs).toBe(2);
  expect(
    requestOf([{ ...event, content }] as never, { ...wanted, channel: "#ab" }),
  ).toBeUndefined();
});

it("both have one id in a room, and so one link; chats of other bridges are told apart by every letter", () => {
  const ids = (world: KillWorld, entry: string): readonly string[] =>
    ["#a[b]", "#A{B}"].map((channel) => world.bridges.idOf(entry, world.room, { channel }));
  for (const [world, entry] of [
    [new KillWorld((hands, owner) => new ScriptedHeisenbridge(hands, owner)), "irc"],
    [new KillWorld((hands) => new ScriptedAppserviceIrc(hands)), "oftc"],
  ] as const)
    expect(new Set(ids(world, entry)).size).toBe(1);
  const chat = new KillWorld((hands) => new ScriptedBridgev2(hands));
  expect(new Set(ids(chat, "telegram")).size).toBe(2);
});
