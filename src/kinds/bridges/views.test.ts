import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { alsoView, loweredView } from "./views.ts";

const bot = "@telegrambot:example.org" as UserId;

describe("before a room is linked, it is said", () => {
  const preview = (lowered: readonly { readonly of: string }[]): string =>
    sentenceOf({
      template: "bridge/preview",
      view: {
        ...{
          name: "-1001",
          bridge: "Telegram",
          bot,
          seesPast: false,
          level: undefined,
          inRoom: false,
        },
        ...{ price: "price/free", operator: true, who: undefined, policy: undefined },
        appears: { template: "bridge-appears/chat-relay", view: {} },
        ...loweredView(lowered),
      },
    });

  it("what everybody may do then that they could not before", () => {
    const [marks, invites] = [[{ of: "m.bridge" }, { of: "m.x" }], [{ of: "invite" }]];
    expect(preview(marks)).toContain("Everybody may set `m.bridge`, `m.x` then.");
    expect(preview([...marks, ...invites])).toContain(
      "Everybody may set `m.bridge`, `m.x` and invite then.",
    );
    expect(preview(invites)).toContain("Everybody may invite then.");
    expect(preview([])).not.toContain("Everybody");
  });

  it("which bots link it already without Usher", () => {
    const others = [bot, "@irc:example.org" as UserId].map((user) => ({ bot: user, to: "x" }));
    expect(alsoView([])).toEqual([]);
    expect(alsoView(others).map((answer) => sentenceOf(answer))).toEqual([
      `Already bridged, without me: \`${bot}\`, \`@irc:example.org\`.`,
    ]);
  });

  it("that the bridge keeps one link for each room, and which it has", () => {
    const refused = (other: View | undefined): string =>
      sentenceOf(new UsherError("bridge-one-each", { bridge: "IRC", bot, other }));
    expect(refused({ name: "#one", id: "irc-aaaaa" })).toContain(
      "has this room's: #one. To end that one first: `!usher remove irc-aaaaa`",
    );
    expect(refused(undefined)).toContain("remove (kick) the bot first");
  });
});

it.each([
  [true, "Nobody else is here to see it."],
  [false, "Everybody in this room will see it."],
])("who will see it is said where a chat of two is %s (R19)", (direct, words) => {
  const view = {
    ...{ what: { template: "undo/link", view: {} }, minutes: 5, person: bot },
    ...{ direct, inWords: true, unread: false, cautions: [] },
  };
  expect(sentenceOf({ template: "preview", view })).toContain(words);
});
