import { describe, expect, it } from "vitest";
import { RecentIds, RecentMap } from "./recent.ts";

describe("a map of the newest entries", () => {
  it("lets the oldest go, and takes what is set again for the newest", () => {
    const map = new RecentMap<string, number>(2);
    map.set("a", 1).set("b", 2).set("a", 3).set("c", 4);
    expect([...map]).toEqual([
      ["a", 3],
      ["c", 4],
    ]);
  });

  it("counts what was taken out no more", () => {
    const map = new RecentMap<string, number>(2).set("a", 1).set("b", 2);
    map.delete("b");
    map.set("c", 3);
    expect([...map.keys()]).toEqual(["a", "c"]);
  });
});

describe("the newest ids", () => {
  it("say whether one is new, and forget the oldest, repeated or not", () => {
    const ids = new RecentIds<string>(2);
    expect(["a", "b", "a", "c"].map((id) => ids.add(id))).toEqual([true, true, false, true]);
    expect(["a", "b", "c"].map((id) => ids.has(id))).toEqual([false, true, true]);
  });
});
