import { describe, expect, it } from "vitest";
import type { RoomId } from "../kernel/ids.ts";
import {
  find,
  findExactly,
  findOne,
  lookingOnce,
  typedFor,
  whichOf,
  type ItemCommands,
} from "./itemCommands.ts";

const room = "!room:example.org" as RoomId;

function kind(things: Readonly<Record<string, string>>): ItemCommands {
  return {
    things: () => Promise.resolve(Object.entries(things).map(([id, name]) => ({ id, name }))),
  } as unknown as ItemCommands;
}

it("looks once for each request at what the room has", async () => {
  let looks = 0;
  const things: ItemCommands["things"] = () => {
    looks += 1;
    return Promise.resolve([{ id: `one-${String(looks)}`, name: "One" }]);
  };
  const seenBy = lookingOnce([{ ...kind({}), things }]);
  const [first, second] = [{ room }, { room }];
  for (let time = 0; time < 2; time += 1)
    expect(await find(seenBy(first), room, "one")).toMatchObject({ id: "one-1" });
  expect(await find(seenBy(second), room, "one")).toMatchObject({ id: "one-2" });
});

describe("find", () => {
  const widgets = kind({ "github-abc": "Issues", "pad-abc": "Bed plan" });
  const bots = kind({ github: "GitHub", padbot: "Pad bot" });
  const kinds = [widgets, bots];

  it("prefers the whole id of one kind to the beginning of another's", async () => {
    expect(await find(kinds, room, "github")).toMatchObject({ items: bots, id: "github" });
  });

  it("takes a name, or the beginning of an id, where only one thing has such a one", async () => {
    expect(await find(kinds, room, "github-")).toMatchObject({ items: widgets, id: "github-abc" });
    expect(await find(kinds, room, "bed plan")).toMatchObject({ items: widgets, id: "pad-abc" });
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
    await expect(findOne(kinds, room, "bed plans")).rejects.toMatchObject({
      code: "item-unknown",
      view: { nearest: "Bed plan" },
    });
    await expect(findOne(kinds, room, "github-abd")).rejects.toMatchObject({
      view: { nearest: "github-abc" },
    });
    await expect(findOne(kinds, room, "none")).rejects.toMatchObject({
      view: { nearest: undefined },
    });
  });

  it("refuses what nothing has", async () => {
    await expect(findOne(kinds, room, "none")).rejects.toMatchObject({
      code: "item-unknown",
      view: { id: "none" },
    });
  });

  it("takes no other for what was confirmed, whatever others have called that", async () => {
    const things = [{ id: "hook-abc", name: "padbot", also: ["padbot"] }];
    const hooks: ItemCommands = { ...kind({}), things: () => Promise.resolve(things) };
    expect(await findExactly([hooks, ...kinds], room, "padbot")).toMatchObject({ items: bots });
    expect(await find([hooks, ...kinds], room, "padbot")).toMatchObject({ items: bots });
  });

  it("takes what was confirmed for nothing else, when that is gone", async () => {
    expect(await findExactly(kinds, room, "pad-abc")).toMatchObject({ id: "pad-abc" });
    expect(await findExactly(kinds, room, "pad-")).toBeUndefined();
    expect(await findExactly(kinds, room, "Bed plan")).toBeUndefined();
  });
});

describe("a command without the name that it needs", () => {
  const ask = (words: string, things: readonly { id: string; name: string }[], more?: string) =>
    whichOf(() => Promise.resolve(things), words, more)("name or id", room);

  it("is told what there is to choose from, with a line to copy", async () => {
    const things = [
      { id: "pad-abc", name: "Bed plan" },
      ...["1", "2", "3", "4", "5"].map((id) => ({ id, name: `Call ${id}` })),
    ];
    const error = await ask("show", things);
    expect(error).toMatchObject({
      code: "item-missing",
      view: { example: "show Bed plan", more: true },
    });
    expect(error?.view["things"]).toEqual(things.slice(0, 5));
    expect(await ask("set", things, ' name="New name"')).toMatchObject({
      view: { example: 'set "Bed plan" name="New name"' },
    });
  });

  it("is told that there is nothing where that is so", async () => {
    expect(await ask("pin", [])).toMatchObject({
      code: "item-missing",
      view: { words: "pin", things: [], example: undefined },
    });
  });

  it("is answered as ever where another value is missing", async () => {
    expect(await whichOf(() => Promise.resolve([]), "set")("key=value", room)).toBeUndefined();
  });
});

it.each([
  ["Bed plan", "Bed plan"],
  ["Call", "a"],
  ["--yes", "a"],
  ["a=b", "a"],
  ["two  spaces", "a"],
  ["x".repeat(50), "a"],
])("what is called %j is called %j by people", (name, called) => {
  expect(
    typedFor({ id: "a", name }, [
      { id: "a", name },
      { id: "b", name: "Call me" },
      { id: "c", name: "call" },
    ]),
  ).toBe(called);
});
