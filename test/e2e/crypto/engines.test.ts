import { afterEach, describe, expect, it } from "vitest";
import { rm } from "node:fs/promises";
import { theSynapse } from "../../harness/e2eSetup.ts";
import { NATIVE_HERE } from "../../harness/engine.ts";
import type { Account } from "../../harness/synapse.ts";
import { UsherProcess } from "../../harness/usherProcess.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function account(): Promise<Account> {
  return theSynapse().register(`usher-engine-${crypto.randomUUID().slice(0, 8)}`);
}

/** The program with this engine, on the folder of an earlier one where one is given. */
async function usherWith(
  engine: "wasm" | "native",
  whose: Account,
  before?: UsherProcess,
): Promise<UsherProcess> {
  const usher = await UsherProcess.prepare({
    homeserver: theSynapse().url,
    account: whose,
    config: { crypto: { engine } },
    ...(before === undefined ? {} : { folder: before.folder }),
  });
  cleanups.push(async () => {
    if (usher.running) await usher.kill();
    await rm(usher.folder, { recursive: true, force: true });
  });
  return usher;
}

/** The public key of the device, as the homeserver shows it. */
async function publicKey({ userId, accessToken, deviceId }: Account): Promise<string | undefined> {
  const answer = await fetch(`${theSynapse().url}/_matrix/client/v3/keys/query`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ device_keys: { [userId]: [] } }),
  });
  const { device_keys } = (await answer.json()) as {
    device_keys: Record<string, Record<string, { keys: Record<string, string> }>>;
  };
  return device_keys[userId]?.[deviceId]?.keys[`ed25519:${deviceId}`];
}

describe.each(NATIVE_HERE ? (["wasm", "native"] as const) : (["wasm"] as const))(
  "Usher with the %s engine",
  (engine) => {
    it("stops in order when told to, after each of its starts, and stays the same device", async () => {
      const whose = await account();
      const usher = await usherWith(engine, whose);
      await usher.start();
      const key = await publicKey(whose);
      expect(key).toBeDefined();
      expect(await usher.stop({ keep: true })).toEqual({ code: 0, signal: null });
      await usher.start();
      expect(await usher.stop({ keep: true })).toEqual({ code: 0, signal: null });
      expect(await publicKey(whose)).toBe(key);
      expect(usher.stderr).not.toContain("panicked");
    });
  },
);

it.skipIf(NATIVE_HERE)(
  "the native engine without its binary ends the start with a sentence",
  async () => {
    const usher = await usherWith("native", await account());
    usher.spawn();
    expect(await usher.ended()).toEqual({ code: 1, signal: null });
    expect(usher.stderr).toContain("cannot be loaded on this machine");
  },
);

it.skipIf(!NATIVE_HERE)(
  "another engine under the same device ends the start with a sentence, and the old one goes on",
  async () => {
    const whose = await account();
    const first = await usherWith("wasm", whose);
    await first.start();
    const key = await publicKey(whose);
    await first.stop({ keep: true });
    const other = await usherWith("native", whose, first);
    other.spawn();
    expect(await other.ended()).toEqual({ code: 1, signal: null });
    expect(other.stderr).toContain("were made by the engine `wasm`, and `native` cannot read them");
    const again = await usherWith("wasm", whose, first);
    await again.start();
    expect(await publicKey(whose)).toBe(key);
    expect(await again.stop({ keep: true })).toEqual({ code: 0, signal: null });
  },
);
