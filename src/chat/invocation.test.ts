import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Content, RoomEvent } from "../matrix/port.ts";
import { actionable } from "./gate.ts";
import { invokedLine } from "./invocation.ts";
import { parseLine } from "./parse.ts";

const me = "@usher:example.org" as UserId;
const to = { me, mentions: new Set([me]) };
const KEY = "org.matrix.msc4391.command";

/** What Usher understands of a command that a client has built. */
function understood(command: string, given: Content): unknown {
  const line = invokedLine({ [KEY]: { command, arguments: given } }, to);
  if (line === undefined) return undefined;
  const parsed = parseLine(line.slice(me.length + 1), unheardCommands());
  return "error" in parsed ? parsed.error.code : [parsed.command.words, parsed.input];
}

describe("a command that a client has built (MSC4391)", () => {
  it("is the command that somebody would type", () => {
    expect(understood("list", {})).toEqual(["list", expect.anything()]);
    expect(understood("add bot", { bot: "@poll:example.org", level: 50 })).toEqual([
      "add bot",
      { bot: "@poll:example.org", level: 50 },
    ]);
    const note = { user: "@a:example.org", recipient: "x" };
    expect(understood("admin disclosure add", { ...note, untold: false })).not.toBeUndefined();
    expect(
      understood("admin leave", { room: { id: "!r:e.org", via: ["e.org"], type: "room_id" } }),
    ).toMatchObject(["admin leave", { room: "!r:e.org" }]);
    expect(understood("admin leave", { room: { room_id: "!r:e.org" } })).toMatchObject([
      "admin leave",
      { room: "!r:e.org" },
    ]);
    expect(understood("admin leave", { room: "#r:e.org" })).toMatchObject([
      "admin leave",
      { room: "#r:e.org" },
    ]);
  });

  it("has any text as it was given, and as one value", () => {
    const printable = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .filter((text) => !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text) && text.trim() !== "");
    fc.assert(
      fc.property(printable, printable, (bridge, target) => {
        expect(understood("add bridge", { to: target, bridge })).toEqual([
          "add bridge",
          { bridge: bridge.trim(), to: target.trim() },
        ]);
      }),
    );
  });

  it("is heard in place of what the message says beside", () => {
    const event = (content: Content): RoomEvent => ({
      ...{ eventId: "$e" as EventId, roomId: "!r:example.org" as RoomId, type: "m.room.message" },
      ...{ sender: "@ann:example.org" as UserId, originServerTs: 0, redacted: false },
      ...{ encryption: "none", content },
    });
    const built = { [KEY]: { command: "list" }, msgtype: "m.text", body: "/list" };
    const line = (content: Content): unknown => {
      const { heard } = { heard: undefined, ...actionable(event(content), me) };
      return heard?.kind === "message" ? heard.line : undefined;
    };
    expect(line({ ...built, "m.mentions": { user_ids: [me] } })).toBe(`${me} list`);
    const stable = { "m.bot.command": { command: "list" }, msgtype: "m.text", body: "/list" };
    expect(line({ ...stable, "m.mentions": { user_ids: [me] } })).toBe(`${me} list`);
    // Another bot's, as far as anybody can tell.
    expect(line(built)).toBe("/list");
    expect(line({ ...built, "m.mentions": { user_ids: ["@other:example.org"] } })).toBe("/list");
    const odd = { ...built, [KEY]: { command: 5 }, "m.mentions": { user_ids: [me] } };
    expect(line(odd)).toBe("/list");
  });

  it.each([
    ["list\nadmin status", {}],
    ["", {}],
    ["list --yes", {}],
    ["add bot", { bot: "@a:b\nlist" }],
    ["add bot", { "bot=x list": "@a:b" }],
    ["add bot", { bot: ["@a:b"] }],
    ["add bot", { bot: 1.5 }],
    ["add bot", { bot: null }],
    ["add bot", { bot: "x".repeat(40_000) }],
  ])("is none where nobody could have built it so: %j %j", (command, given) => {
    expect(understood(command, given as Content)).toBeUndefined();
  });

  it("is never anything else than the command that it names, whatever comes", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue()), (given) => {
        const found = understood("add bot", given);
        if (Array.isArray(found)) expect(found[0]).toBe("add bot");
      }),
    );
  });
});
