import { expect, it } from "vitest";
import { retentionSection } from "./retention.ts";

it("what nobody uses goes after twelve months, sooner or never where the configuration says so, and not later", () => {
  expect(retentionSection.parse({}).unusedMonths).toBe(12);
  for (const unusedMonths of [0, 2, 12])
    expect(retentionSection.safeParse({ unusedMonths }).success).toBe(true);
  for (const unusedMonths of [-1, 1, 13, 2.5])
    expect(retentionSection.safeParse({ unusedMonths }).success).toBe(false);
});
