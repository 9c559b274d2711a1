import { expect, it } from "vitest";
import { fuzzIntake } from "../chaos/fuzzIntake.ts";

it("answers those of 10,000 generated messages that are said to it, once, and no others", async () => {
  const { addressed, answered, faults } = await fuzzIntake({
    messages: 10_000,
    seed: Number(process.env["SEED"] ?? 1),
  });
  expect(faults.slice(0, 20)).toEqual([]);
  expect(answered).toBe(addressed);
  expect(addressed).toBeGreaterThan(3_000);
});
