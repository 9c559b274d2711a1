import { expect, it } from "vitest";
import { retentionSection } from "./retention.ts";

it("what nobody uses goes after twelve months, sooner or never where the configuration says so, and not later", () => {
  expect(retentionSection.parse({}).unusedMonths).toBe(12);
  for (const unusedMonths of [0, 2, 12])
    expect(retentionSection.safeParse({ unusedMonths }).success).toBe(true);
  for (const unusedMonths of [-1, 1, 13, 2.5])
    expect(retentionSection.safeParse({ unusedMonths }).success).toBe(false);
});

it("what lets Usher act for somebody and is not used goes after 90 days, sooner where the configuration says so, and not later, with the reason", () => {
  expect(retentionSection.parse({}).unusedCredentialDays).toBe(90);
  for (const unusedCredentialDays of [1, 30, 90])
    expect(retentionSection.safeParse({ unusedCredentialDays }).success).toBe(true);
  for (const unusedCredentialDays of [0, 2.5])
    expect(retentionSection.safeParse({ unusedCredentialDays }).success).toBe(false);
  const longer = retentionSection.safeParse({ unusedCredentialDays: 91 });
  expect(longer.error?.issues[0]?.message).toMatch(
    /^must be at most 90: people are promised .* 90 days after its last use, and that can only be made shorter\.$/,
  );
});
