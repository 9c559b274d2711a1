import { describe, expect, it } from "vitest";
import { UsherError } from "../../kernel/errors.ts";
import { cryptoStatus } from "./cryptoStatus.ts";
import { WASM_CAPABILITIES } from "./wasmEngine.ts";

type Parts = Parameters<typeof cryptoStatus>[0];

function partsOf({
  healthy = true,
  version = "7",
}: {
  healthy?: boolean;
  version?: string;
}): Parts {
  const asked = <T>(answer: T): Promise<T> =>
    healthy ? Promise.resolve(answer) : Promise.reject(new UsherError("crypto-engine-broken"));
  return {
    engine: {
      name: "wasm",
      capabilities: WASM_CAPABILITIES,
      deviceId: "DEVICE",
      fingerprint: "abcdefghij",
      healthy,
      identity: { deviceSigned: () => asked(true) },
      backup: { counts: () => asked({ total: 5, backedUp: 3 }) },
    } as Parts["engine"],
    cipher: { unreadable: 2, oneTimeKeys: 50 },
    late: { size: 1 },
    backup: { version: version === "" ? undefined : version },
    supervisor: { restarts: 4 },
  };
}

describe("how encryption is", () => {
  it("is asked of the engine, and of what works with it", async () => {
    expect(await cryptoStatus(partsOf({}))).toEqual({
      engine: "wasm",
      capabilities: WASM_CAPABILITIES,
      deviceId: "DEVICE",
      fingerprint: "abcd efgh ij",
      signed: true,
      backup: { version: "7", total: 5, backedUp: 3 },
      unreadable: 2,
      waiting: 1,
      oneTimeKeys: 50,
      healthy: true,
      restarts: 4,
    });
  });

  it("can be told while the engine is broken, and answers nothing", async () => {
    expect(await cryptoStatus(partsOf({ healthy: false }))).toMatchObject({
      healthy: false,
      signed: false,
      backup: undefined,
      waiting: 1,
    });
  });

  it("has no backup while none is trusted", async () => {
    expect((await cryptoStatus(partsOf({ version: "" }))).backup).toBeUndefined();
  });
});
