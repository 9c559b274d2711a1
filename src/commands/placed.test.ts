import { describe, expect, it } from "vitest";
import type { RoomId } from "../kernel/ids.ts";
import { find, findExactly, findOne, type Placed } from "./placed.ts";

const room = "!room:example.org" as RoomId;

function kind(things: Readonly<Record<string, string>>): Placed {
  return { things: () => Promise.resolve(Object.entries(things).map(([id, name]) => ({ id, name }))) } as unknown as Placed;
}

describe("find", () => {
  const widgets = kind({ "github-abc": "Issues", "pad-abc": "Bed plan" });
  const bots = kind({ github: "GitHub", padbot: "Pad bot" });
  const kinds = [widgets, bots];

  it("prefers the whole id of one kind to the beginning of another's", async () => {
    expect(await find(kinds, room, "github")).toMatchObject({ placed: bots, id: "github" });
  });

  it("takes a name, or the beginning of an id, where only one thing has such a one", async () => {
    expect(await find(kinds, room, "github-")).toMatchObject({ placed: widgets, id: "github-abc" });
    expect(await find(kinds, room, "bed plan")).toMatchObject({ placed: widgets, id: "pad-abc" });
  });

  it("asks which is meant where several may be, of all kinds", async () => {
    await expect(find(kinds, room, "pad")).rejects.toMatchObject({
      code: "item-ambiguous",
      view: {
        things: [
          { id: "pad-abc", name: "Bed plan" },
          { id: "padbot", name: "Pad bot" },
        ],
      },
    });
  });

  it("says what is nearest to what nothing has", async () => {
    await expect(findOne(kinds, room, "bed plans")).rejects.toMatchObject({ code: "widget-unknown", view: { nearest: "Bed plan" } });
    await expect(findOne(kinds, room, "github-abd")).rejects.toMatchObject({ view: { nearest: "github-abc" } });
    await expect(findOne(kinds, room, "none")).rejects.toMatchObject({ view: { nearest: undefined } });
  });

  it("refuses what nothing has", async () => {
    await expect(findOne(kinds, room, "none")).rejects.toMatchObject({ code: "widget-unknown", view: { id: "none" } });
  });

  it("takes what was confirmed for nothing else, when that is gone", async () => {
    expect(await findExactly(kinds, room, "pad-abc")).toMatchObject({ id: "pad-abc" });
    expect(await findExactly(kinds, room, "pad-")).toBeUndefined();
    expect(await findExactly(kinds, room, "Bed plan")).toBeUndefined();
  });
});
