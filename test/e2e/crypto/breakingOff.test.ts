import { describe, expect, it } from "vitest";
import type { HomeserverCall } from "../../../src/matrix/client.ts";
import { HomeserverError } from "../../../src/matrix/errors.ts";
import { CryptoHome, ME } from "../../contract/cryptoHome.ts";
import { TEST_CAPABILITIES, TEST_ENGINE } from "../../harness/engine.ts";

/** A way to the homeserver that breaks when it has taken the n-th request: its answer is lost, and nothing more goes through. */
function breakingAt(home: CryptoHome, request: number): HomeserverCall {
  const call = home.server.callOf(ME, "DEVICE");
  let count = 0;
  return async (...parts) => {
    count += 1;
    // A refusal is an answer like another.
    if (count === request) await call(...parts).catch((error: unknown) => error);
    if (count >= request) throw new HomeserverError({ kind: "aborted" });
    return call(...parts);
  };
}

async function requestsOfFirstStart(): Promise<number> {
  const home = new CryptoHome(TEST_ENGINE);
  const call = home.server.callOf(ME, "DEVICE");
  let requests = 0;
  await home.start("DEVICE", {
    call: (...parts) => {
      requests += 1;
      return call(...parts);
    },
  });
  await home.remove();
  return requests;
}

describe("a first start that breaks off", () => {
  it("at any request is finished by the next one, and all is whole for the recovery key", async () => {
    const requests = await requestsOfFirstStart();
    expect(requests).toBeGreaterThan(15);
    for (let request = 1; request <= requests; request += 1) {
      const home = new CryptoHome(TEST_ENGINE);
      await expect(home.start("DEVICE", { call: breakingAt(home, request) })).rejects.toMatchObject(
        { kind: "aborted" },
      );
      const place = `broken off at request ${String(request)}`;
      const { status } = await home.start();
      expect(await status(), place).toMatchObject({
        signed: true,
        healthy: true,
        backup: { version: expect.any(String) as string },
      });
      await home.stop();
      home.lose("data");
      const fresh = await home.start("FRESH");
      expect(await fresh.status(), place).toMatchObject({ deviceId: "FRESH", signed: true });
      expect([...new Set(home.warnings)], place).toEqual(
        TEST_CAPABILITIES.restore ? [] : ["crypto.backup-not-restored"],
      );
      await home.remove();
    }
  });
});
