import { describe, expect, it } from "vitest";
import { unheardCommands } from "../../../scripts/unheardCommands.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { permit } from "../../chat/permit.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { PACK_ABILITIES, packStatus } from "./abilities.ts";
import type { Packs } from "./packs.ts";
import { tooLarge } from "./pictures/limits.ts";
import { packUndoHandler } from "./undo.ts";

const ADA = "@ada:example.org" as UserId;
const ME = "@usher:example.org" as UserId;
const power: RoomPower = {
  ...{ version: "11", creators: new Set() },
  levels: { users: { [ME]: 50 }, events_default: 50 },
};
const commands = unheardCommands();

describe("what is said of sticker packs", () => {
  it.each([
    ["stickers new", "make a sticker pack"],
    ["add stickers", "add a sticker pack"],
    ["stickers add", "add a sticker"],
    ["stickers done", "add a sticker"],
    ["stickers drop", "take out a sticker"],
    ["stickers rename", "change a sticker"],
    ["stickers describe", "change a sticker"],
    ["stickers order", "change a sticker"],
    ["stickers format", "change a sticker pack"],
    ["sticker", "send a sticker"],
  ])("where somebody lacks the power for `%s`: to %s", (words, deed) => {
    const command = commands.find((one) => one.words === words);
    if (command?.changes !== true || command.deed === undefined) throw new Error("no such deed");
    const needs = { deed: command.deed, needs: command.needs() };
    const denied = permit(needs, power, ADA, ME);
    if (denied === undefined) throw new Error("allowed");
    expect(sentenceOf(denied)).toContain(`To ${deed} here`);
  });

  it("where something is taken back", () => {
    const view = {
      ...{ name: "Cats", id: "cats", person: ADA, on: "2026-11-30", restored: true },
      ...{ joined: false, invited: false, declined: false },
    };
    const said = Object.keys(packUndoHandler({} as Packs).deeds).map((deed) =>
      sentenceOf({ template: "undone", view: { ...view, what: `change/${deed}` } }),
    );
    expect(said.map((one) => /I had (.*) Cats/.exec(one)?.[1])).toEqual([
      ...["made the sticker pack", "added the sticker pack", "added a sticker to"],
      ...["changed a sticker of", "took a sticker out of", "changed the sticker pack"],
      "removed the sticker pack",
    ]);
  });

  it("in the status of a room, and where it is told what Usher may do", () => {
    const { takes, here } = packStatus(undefined, power, ME);
    expect(sentenceOf(takes)).toBe("changing sticker packs needs 50 (Moderator)");
    expect(sentenceOf(here)).toBe("sticker packs: 0");
    const said = PACK_ABILITIES.map((one) => sentenceOf({ template: one.said, view: {} }));
    expect(said).toEqual(["change sticker packs"]);
    expect(sentenceOf({ template: "kind/sticker", view: {} })).toBe("Sticker packs");
  });

  it.each([
    [tooLarge({ side: 10_000 }), "its sides may have 10000 px each"],
    [tooLarge({ millions: 25, all: false }), ": it may have 25 million pixels"],
    [tooLarge({ millions: 100, all: true }), "all its frames together may have 100 million"],
    [tooLarge({ frames: 600 }), "it may have 600 frames"],
    [tooLarge({ frames: 1 }), "it may have 1 frame."],
    [tooLarge({ megabytes: 20 }), "the file may have 20 MB"],
    [tooLarge({ seconds: 10 }), "it may take 10 seconds"],
    [tooLarge({ seconds: 1 }), "it may take 1 second."],
    [new UsherError("picture-broken"), "damaged"],
    [new UsherError("picture-slow"), "asks for more time or memory"],
    [new UsherError("picture-unknown"), "no picture"],
  ])("of a picture that cannot be a sticker: %s", (error, words) => {
    expect(sentenceOf(error)).toContain(words);
  });
});
