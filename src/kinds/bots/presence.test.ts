import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import type { StateEvent } from "../../matrix/port.ts";
import { botId, isHere, presenceOf, shownLevel } from "./presence.ts";

const bot = "@poll:x" as UserId;
const ann = "@ann:x" as UserId;
const event = (membership: unknown, sender: UserId): StateEvent =>
  ({
    type: "m.room.member",
    stateKey: bot,
    sender,
    content: { membership },
    originServerTs: 5,
  }) as unknown as StateEvent;

describe("presenceOf", () => {
  it.each([
    ["a join", event("join", bot), { is: "joined" }, true],
    ["an invitation", event("invite", ann), { is: "invited", by: ann, at: 5 }, true],
    ["one that left or declined", event("leave", bot), { is: "left", by: bot, at: 5 }, false],
    ["one that was kicked", event("leave", ann), { is: "kicked", by: ann, at: 5 }, false],
    ["a ban", event("ban", ann), { is: "banned", by: ann, at: 5 }, false],
    ["one that only knocks", event("knock", bot), { is: "absent" }, false],
    ["what is no membership", event(5, bot), { is: "absent" }, false],
    ["nothing", undefined, { is: "absent" }, false],
  ])("%s", (_name, member, presence, here) => {
    expect(presenceOf(member, bot)).toEqual(presence);
    expect(isHere(presenceOf(member, bot))).toBe(here);
  });
});

describe("botId", () => {
  it("is the name and six letters, the same each time", () => {
    expect(botId(bot)).toMatch(/^poll-[a-z0-9]{6}$/);
    expect(botId(bot)).toBe(botId(bot));
    expect(botId("@poll:y" as UserId)).not.toBe(botId(bot));
  });

  it("can be typed, whatever the account is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (name) => {
        expect(botId(`@${name.replaceAll(":", "")}:x` as UserId)).toMatch(
          /^[a-z0-9]+(?:-[a-z0-9]+)*-[a-z0-9]{4,6}$/,
        );
      }),
    );
  });
});

it("power without limit is no number to show", () => {
  expect(shownLevel({ version: "12", creators: new Set([bot]), levels: {} }, bot)).toBeUndefined();
  expect(
    shownLevel({ version: "12", creators: new Set(), levels: { users: { [bot]: 7 } } }, bot),
  ).toBe(7);
});
