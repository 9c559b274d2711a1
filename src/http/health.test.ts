import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { complaint } from "../../scripts/health.mjs";
import { ManualClock } from "../kernel/clock.ts";
import { silentLog } from "../kernel/log.ts";
import { lastingRecords } from "../retention/tally.ts";
import { healthRoutes, SILENCE_MS } from "./health.ts";
import { WebServer } from "./webServer.ts";

const [record] = lastingRecords();
let clock: ManualClock;
let server: WebServer;
let heard: number | undefined;
let ready: boolean;
let writable: true | string;
let looks: number;
/** When the last sweep was, and when it went well. */
let swept: { readonly at: number; readonly good: number } | undefined;

beforeEach(async () => {
  clock = new ManualClock();
  [heard, ready, writable, looks] = [clock.now(), true, true, 0];
  swept = { at: clock.now(), good: clock.now() };
  const routes = healthRoutes({
    clock,
    isReady: () => ready,
    lastHeard: () => heard,
    disk: () => {
      looks += 1;
      return Promise.resolve({ writable });
    },
    retention: {
      report: () => {
        if (swept === undefined || record === undefined) return undefined;
        const { at, good: lastGood } = swept;
        const standing = { record, limit: "1 day", oldest: undefined, lastGood, stopped: false };
        return { at, standings: [standing] };
      },
    },
  });
  const address = { host: "127.0.0.1", port: 0, trustedProxies: [] };
  server = new WebServer({ ...address, routes, clock, log: silentLog });
  await server.start();
});
afterEach(async () => {
  await server.stop();
});

async function asked(path = "/health"): Promise<readonly [status: number, body: unknown]> {
  const response = await fetch(`http://127.0.0.1:${String(server.port)}${path}`);
  return [response.status, await response.json()];
}

describe("/health", () => {
  it("is well while the homeserver was heard lately, as the health file has it", async () => {
    clock.advance(SILENCE_MS);
    expect(await asked()).toEqual([200, { ok: true }]);
    expect(complaint(JSON.stringify({ ready, lastHeard: heard }), clock.now())).toBeUndefined();
    clock.advance(1);
    expect(await asked()).toEqual([503, { ok: false, faults: ["sync"] }]);
    expect(complaint(JSON.stringify({ ready, lastHeard: heard }), clock.now())).toBeDefined();
    heard = undefined;
    expect(await asked()).toEqual([503, { ok: false, faults: ["sync"] }]);
  });

  it("is not well where nothing can be stored, which is looked at now and then alone", async () => {
    for (let times = 0; times < 3; times += 1) await asked();
    expect(looks).toBe(1);
    writable = "ENOSPC";
    clock.advance(10_000);
    expect(await asked()).toEqual([503, { ok: false, faults: ["store"] }]);
  });

  it("is not well where something did not go at the last sweep, or that is long ago", async () => {
    const now = clock.now();
    for (const last of [undefined, { at: now, good: now - 1 }, { at: now - 7_200_001, good: 0 }]) {
      swept = last;
      expect(await asked()).toEqual([503, { ok: false, faults: ["sweeps"] }]);
    }
  });
});

it("/ready says whether commands are answered", async () => {
  expect(await asked("/ready")).toEqual([200, { ok: true }]);
  ready = false;
  expect(await asked("/ready")).toEqual([503, { ok: false }]);
});
