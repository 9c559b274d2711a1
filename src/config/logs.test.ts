import { expect, it } from "vitest";
import { LOG_CLASS_NAMES } from "../kernel/log.ts";
import { logLimits, logsSection, logWarnings } from "./logs.ts";

it("R55 R56 R60 the log is kept as long as the data map says where nothing is configured, and goes into files", () => {
  const { to, keepDays } = logsSection.parse({});
  expect([to, logLimits(keepDays)]).toEqual([
    "files",
    {
      bot: { days: 14 },
      bridge: { days: 14 },
      access: { days: 60 },
      audit: { months: 12 },
      ops: { days: 90 },
    },
  ]);
});

it("R55 R56 R60 is made shorter by the configuration, and never longer: that is refused with the reason", () => {
  const most = { bot: 14, bridge: 14, access: 60, audit: 365, ops: 90 };
  for (const of of LOG_CLASS_NAMES) {
    expect(logLimits(logsSection.parse({ keepDays: { [of]: 1 } }).keepDays)[of]).toEqual({
      days: 1,
    });
    expect(logsSection.safeParse({ keepDays: { [of]: most[of] } }).success).toBe(true);
    const longer = logsSection.safeParse({ keepDays: { [of]: most[of] + 1 } });
    expect(longer.error?.issues[0]?.message).toMatch(
      new RegExp(
        `^must be at most ${String(most[of])}: people are promised .* only be made shorter`,
      ),
    );
    expect(logsSection.safeParse({ keepDays: { [of]: 0 } }).success).toBe(false);
  }
});

it("R55 whoever has it on standard error is told what they owe, and others are not", () => {
  expect(logWarnings("production", "files")).toEqual([]);
  for (const to of ["stderr", "both"] as const)
    expect(logWarnings("production", to)[0]).toMatch(
      /standard error .* must delete it: .* after 14 days/,
    );
});
