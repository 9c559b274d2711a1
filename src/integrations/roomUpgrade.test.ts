import { expect, it } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import { carryEach, type AddedItem } from "./roomUpgrade.ts";

const itemOf = (id: string): AddedItem => ({ id, name: `The ${id}`, addedBy: "@ann:x" as UserId });

it("what the homeserver refuses harms no other, and is told in its place", async () => {
  const results = await carryEach(["a", "b", "c"], itemOf, (id) => {
    if (id === "b") throw new UsherError("room-unreachable", {});
    return Promise.resolve(id === "a" ? "carried" : "gone");
  });
  expect(results).toEqual([
    { ...itemOf("a"), result: "carried" },
    { ...itemOf("b"), result: "refused" },
    { ...itemOf("c"), result: "gone" },
  ]);
});

it.each([new UsherError("power-usher", {}), new TypeError("nobody foresaw it")])(
  "whatever else goes wrong ends it: %s",
  async (error) => {
    const tried: string[] = [];
    const carried = carryEach(["a", "b"], itemOf, (id) => {
      tried.push(id);
      return Promise.reject(error);
    });
    await expect(carried).rejects.toBe(error);
    expect(tried).toEqual(["a"]);
  },
);
