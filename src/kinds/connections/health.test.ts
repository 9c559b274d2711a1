import { describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { HookshotHealth } from "./health.ts";

describe("how hookshot is doing", () => {
  it("is asked for once a minute, and waited for as long as anybody can wait", async () => {
    const clock = new ManualClock();
    let asked = 0;
    let probe = (): Promise<unknown> => Promise.resolve();
    const health = new HookshotHealth({ clock, probe: () => ((asked += 1), probe()) });
    expect([await health.now(), await health.now(), asked]).toEqual([
      { is: "up" },
      { is: "up" },
      1,
    ]);
    clock.advance(60_000);
    probe = () => new Promise(() => undefined);
    const slow = health.now();
    clock.advance(10_000);
    expect(await slow).toEqual({ is: "slow" });
  });

  it.each([
    ["hookshot-silent", "down"],
    ["hookshot-login", "unusable"],
  ] as const)("with %s it is %s", async (code, is) => {
    const probe = (): Promise<never> => Promise.reject(new UsherError(code));
    expect(await new HookshotHealth({ clock: new ManualClock(), probe }).now()).toEqual({ is });
  });
});
