import { describe, expect, it } from "vitest";
import { ManualClock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { silentLog } from "../../kernel/log.ts";
import { Supervisor } from "./supervisor.ts";

const broken = new UsherError("crypto-engine-broken");

function setUp(restart: () => Promise<void> = () => Promise.resolve()) {
  const clock = new ManualClock();
  const stop = new AbortController();
  let restarted = 0;
  const engine = { healthy: true, restart };
  const supervisor = new Supervisor({
    engine,
    clock,
    log: silentLog,
    signal: stop.signal,
    onRestarted: () => (restarted += 1),
  });
  return { supervisor, clock, stop, restarted: () => restarted };
}

describe("the engine's supervisor", () => {
  it("does a task again after a restart, once", async () => {
    const { supervisor, restarted } = setUp();
    let tries = 0;
    const outcome = await supervisor.run(() => {
      tries += 1;
      if (tries > 1) return Promise.resolve("done");
      supervisor.broken();
      return Promise.reject(broken);
    });
    expect([outcome, tries, restarted(), supervisor.restarts]).toEqual(["done", 2, 1, 1]);
    await expect(supervisor.run(() => Promise.reject(broken))).rejects.toBe(broken);
  });

  it("leaves every other failure alone", async () => {
    const { supervisor } = setUp();
    const other = new Error("other");
    let tries = 0;
    await expect(
      supervisor.run(() => {
        tries += 1;
        return Promise.reject(other);
      }),
    ).rejects.toBe(other);
    expect(tries).toBe(1);
  });

  it("tries a restart again until it works, and lets those wait who come meanwhile", async () => {
    let attempts = 0;
    const { supervisor, clock } = setUp(() => {
      attempts += 1;
      return attempts < 3 ? Promise.reject(new Error("locked")) : Promise.resolve();
    });
    supervisor.broken();
    supervisor.broken();
    const waiting = supervisor.run(() => Promise.resolve("done"));
    for (const ms of [1_000, 2_000]) {
      await expect.poll(() => clock.waiting).toBe(1);
      clock.advance(ms);
    }
    expect(await waiting).toBe("done");
    expect(attempts).toBe(3);
  });

  it("restarts nothing after the stop", async () => {
    let attempts = 0;
    const { supervisor, stop } = setUp(() => {
      attempts += 1;
      return Promise.resolve();
    });
    stop.abort(broken);
    supervisor.broken();
    await expect(supervisor.run(() => Promise.reject(broken))).rejects.toBe(broken);
    expect(attempts).toBe(0);
  });
});
