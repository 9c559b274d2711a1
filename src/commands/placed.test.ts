import { describe, expect, it } from "vitest";
import type { RoomId } from "../kernel/ids.ts";
import { find, findOne, type Placed } from "./placed.ts";

const room = "!room:example.org" as RoomId;

function kind(...ids: readonly string[]): Placed {
  const only = (said: string): string | undefined => {
    const begin = ids.filter((id) => id.startsWith(said));
    return ids.find((id) => id === said) ?? (begin.length === 1 ? begin[0] : undefined);
  };
  return { find: (_: RoomId, said: string) => Promise.resolve(only(said)) } as unknown as Placed;
}

describe("find", () => {
  const widgets = kind("github-abc", "pad-abc");
  const bots = kind("github", "padbot");

  it("prefers the whole id of one kind to the beginning of another's", async () => {
    expect(await find([widgets, bots], room, "github")).toEqual({ placed: bots, id: "github" });
  });

  it("takes the beginning of an id where only one kind has such a one", async () => {
    expect(await find([widgets, bots], room, "github-")).toEqual({ placed: widgets, id: "github-abc" });
    expect(await find([widgets, bots], room, "pad")).toBeUndefined();
  });

  it("refuses what nothing has", async () => {
    await expect(findOne([widgets, bots], room, "none")).rejects.toMatchObject({ code: "widget-unknown", view: { id: "none" } });
  });
});
