import { expect, it } from "vitest";
import { awaited, botResult } from "./setUp.ts";

it.each([
  ["invite", "not yet"],
  ["join", "come"],
  ["leave", "over"],
  ["ban", "over"],
  ["knock", "over"],
  [undefined, "over"],
] as const)("a bot that was invited and whose membership is %s: %s", (membership, stands) => {
  expect(awaited(membership)).toBe(stands);
});

it.each([
  [{ is: "waiting" }, { is: "invited" }],
  [{ is: "gone" }, { is: "declined" }],
  [{ is: "done", results: { join: "over" } }, { is: "declined" }],
  [
    { is: "done", results: { power: "given" } },
    { is: "joined", level: "given" },
  ],
  [
    { is: "done", results: { power: "refused", words: "refused" } },
    { is: "joined", level: "refused", unsaid: true },
  ],
] as const)("the set-up ended as %j: %j", async (outcome, result) => {
  const asked = (): never => expect.unreachable("the steps have told it");
  expect(await botResult(outcome, asked)).toEqual(result);
});

it("what came of a set-up that was done before, the room tells", async () => {
  const done = { is: "done", results: {} } as const;
  expect(await botResult(done, () => Promise.resolve({ is: "joined" }))).toEqual({
    is: "joined",
    level: "had",
  });
  expect(await botResult(done, () => Promise.resolve({ is: "absent" }))).toEqual({
    is: "declined",
  });
});
