import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeRecoveryKey } from "../../src/matrix/crypto/recoveryKey.ts";
import { storePath } from "../../src/matrix/crypto/deviceFile.ts";
import type { EngineName } from "../../src/matrix/crypto/engine.ts";
import type { CryptoOptions } from "../../src/matrix/crypto/openCipher.ts";
import { CryptoHome, ME } from "./cryptoHome.ts";
import { NATIVE_HERE } from "../harness/engine.ts";
import { refusalOf } from "../harness/sentenceOf.ts";
import { KeyServer, PASSWORD } from "./keyServer.ts";

let home: CryptoHome;
afterEach(() => home.remove());

const ENGINES: readonly EngineName[] = NATIVE_HERE ? ["wasm", "native"] : ["wasm"];

describe.each(ENGINES)("the life of the device and its identity, with the %s engine", (engine) => {
  beforeEach(() => {
    home = new CryptoHome(engine);
  });

  it("keeps to the recovery key it finds, and writes none where a storage is there that it cannot open", async () => {
    await home.start();
    await home.stop();
    const key = readFileSync(home.recoveryKeyFile, "utf8");
    rmSync(home.recoveryKeyFile);
    await home.start();
    expect(existsSync(home.recoveryKeyFile)).toBe(false);
    await home.stop();
    writeFileSync(home.recoveryKeyFile, encodeRecoveryKey(new Uint8Array(32)));
    await home.start();
    expect(home.warnings).toContain("crypto.recovery-key-wrong");
    await home.stop();
    writeFileSync(home.recoveryKeyFile, "mistyped");
    await expect(home.start()).rejects.toMatchObject({ code: "crypto-recovery-key-invalid" });
    home.lose("data");
    writeFileSync(home.recoveryKeyFile, key);
    expect(await (await home.start("FRESH")).status()).toMatchObject({ signed: true });
  });

  it("row 19: keys of another device than the token's are refused, and stay as they are", async () => {
    await home.start();
    await home.stop();
    const other = home.start("OTHER");
    await expect(other).rejects.toMatchObject({ view: { stored: "DEVICE", token: "OTHER" } });
    const refusal = await refusalOf(other);
    expect(refusal).toContain("belongs to another device than the stored encryption keys");
    expect(refusal).toContain("Put back the token that belongs to this data directory");
    expect(refusal).toContain("remove the folder `crypto`");
    expect(await (await home.start()).status()).toMatchObject({ deviceId: "DEVICE", signed: true });
  });

  it("refuses an old device without its store, and makes nothing", async () => {
    await home.start();
    await home.stop();
    home.lose("data");
    const refusal = await refusalOf(home.start());
    expect(refusal).toContain("the store with its encryption keys is gone");
    expect(refusal).toContain(
      "Restore the data directory from a backup; or log in as a new device",
    );
    expect(refusal).toContain("the recovery key then brings back the identity");
    expect(existsSync(storePath(home.dataDir, engine))).toBe(false);
  });

  it("refuses a recovery key that opens nothing, and a store whose own key is gone", async () => {
    await home.start();
    await home.stop();
    const storeKey = readFileSync(home.config.storeKeyFile);
    rmSync(home.config.storeKeyFile);
    const locked = await refusalOf(home.start());
    expect(locked).toContain("its key is missing or does not fit");
    expect(locked).toContain("Put back the key file that belongs to it");
    writeFileSync(home.config.storeKeyFile, storeKey);
    home.lose("data");
    writeFileSync(home.recoveryKeyFile, encodeRecoveryKey(new Uint8Array(32)));
    const wrong = await refusalOf(home.start("FRESH"));
    expect(wrong).toContain("does not open the account's secret storage. Look for a newer one");
  });

  it("says where the password is to be put, when the homeserver wants it for an identity that it hides", async () => {
    await home.start();
    await home.stop();
    home.lose("data");
    const { server } = home;
    const call = server.callOf(ME, "FRESH");
    const hiding: CryptoOptions["call"] = async (...request) => {
      const answer = await call(...request);
      return request[1].endsWith("/keys/query")
        ? { ...(answer as object), master_keys: {}, self_signing_keys: {}, user_signing_keys: {} }
        : answer;
    };
    const refusal = await refusalOf(home.start("FRESH", { call: hiding }));
    expect(refusal).toContain("wants the account's password");
    expect(refusal).toContain("Name a file that holds it in `homeserver.passwordFile`");
  });

  it("refuses an old copy of a store whose device the homeserver knows with other keys", async () => {
    await home.start();
    await home.stop();
    home.server = new KeyServer();
    const other = join(home.folder, "elsewhere");
    await home.start("DEVICE", {
      dataDir: other,
      config: { ...home.config, recoveryKeyFile: join(other, "r"), storeKeyFile: join(other, "k") },
    });
    await home.stop();
    await expect(home.start()).rejects.toMatchObject({ code: "crypto-store-lost" });
  });

  it("replaces an identity only when told to, and only with the right password", async () => {
    await home.start();
    await home.stop();
    const before = readFileSync(home.recoveryKeyFile, "utf8");
    home.lose("data");
    rmSync(home.recoveryKeyFile);
    const refusal = await refusalOf(home.start("FRESH"));
    expect(refusal).toContain("already has an encrypted identity, and its keys are not here");
    expect(refusal).toContain(
      "Give the recovery key in the file that `crypto.recoveryKeyFile` names",
    );
    expect(refusal).toContain("`npm run crypto reset` makes a new identity");
    await expect(home.start("FRESH", { reset: { password: "wrong" } })).rejects.toMatchObject({
      status: 401,
    });
    expect(existsSync(home.recoveryKeyFile)).toBe(false);
    const reset = await home.start("FRESH", { reset: { password: PASSWORD } });
    expect(await reset.status()).toMatchObject({ signed: true, backup: { version: "2" } });
    expect(readFileSync(home.recoveryKeyFile, "utf8")).not.toBe(before);
    await home.stop();
    expect(await (await home.start("FRESH")).status()).toMatchObject({
      signed: true,
      backup: { version: "2" },
    });
  });

  it("keeps the replaced recovery key beside the new one", async () => {
    await home.start();
    await home.stop();
    const before = readFileSync(home.recoveryKeyFile, "utf8");
    await home.start("DEVICE", { reset: { password: PASSWORD } });
    expect(readFileSync(`${home.recoveryKeyFile}.old`, "utf8")).toBe(before);
    expect(readFileSync(home.recoveryKeyFile, "utf8")).not.toBe(before);
  });

  it("copies nothing to a backup that somebody else has made", async () => {
    await home.start();
    await home.stop();
    await home.server.callOf(ME, "OTHER")("POST", "/_matrix/client/v3/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
      },
    });
    const { status, cipher } = await home.start();
    await cipher.flush();
    expect((await status()).backup).toBeUndefined();
    expect(home.warnings).toContain("crypto.backup-untrusted");
    expect(home.server.backedUp).toEqual({});
  });

  it("shows the fingerprint in groups, and the keys that the homeserver holds", async () => {
    const { status, cipher } = await home.start();
    expect((await status()).oneTimeKeys).toBeUndefined();
    await cipher.receive(home.server.sync(ME, "DEVICE"));
    expect(await status()).toMatchObject({
      oneTimeKeys: 50,
      fingerprint: expect.stringMatching(/^(?:\S{4} ){10}\S{3}$/) as string,
      unreadable: 0,
      waiting: 0,
      restarts: 0,
    });
  });
});

describe("the native engine", () => {
  beforeEach(() => {
    home = new CryptoHome("native");
  });

  it.skipIf(NATIVE_HERE)(
    "whose binary is absent is refused, and nothing is said to be its store",
    async () => {
      await expect(home.start()).rejects.toMatchObject({ code: "crypto-engine-missing" });
      expect(existsSync(join(home.dataDir, "crypto", "device.json"))).toBe(false);
    },
  );
});

it("keys that another engine made for this device are refused, and nothing is made", async () => {
  home = new CryptoHome("wasm");
  await home.start();
  await home.stop();
  const device = join(home.dataDir, "crypto", "device.json");
  const own = readFileSync(device, "utf8");
  // As a start with the native engine leaves it, where its binary is.
  writeFileSync(device, own.replace('"wasm"', '"native"'));
  const [store, aside] = [storePath(home.dataDir, "wasm"), join(home.folder, "aside")];
  renameSync(store, aside);
  const refusal = await refusalOf(home.start());
  expect(refusal).toContain("made by the engine `native`, and `wasm` cannot read them");
  expect(refusal).toContain("Set `crypto.engine` back to `native`");
  expect(existsSync(store)).toBe(false);
  renameSync(aside, store);
  writeFileSync(device, own);
  expect(await (await home.start()).status()).toMatchObject({ deviceId: "DEVICE", signed: true });
});

describe.skipIf(!NATIVE_HERE)("a change of the engine", () => {
  beforeEach(() => {
    home = new CryptoHome("wasm");
  });

  const withEngine = (engine: EngineName): Pick<CryptoOptions, "config"> => ({
    config: { ...home.config, engine },
  });

  it.each([
    ["wasm", "native"],
    ["native", "wasm"],
  ] as const)(
    "from %s to %s under the same device is refused, and changes nothing",
    async (before, after) => {
      const { fingerprint } = await (await home.start("DEVICE", withEngine(before))).status();
      await home.stop();
      await expect(home.start("DEVICE", withEngine(after))).rejects.toMatchObject({
        code: "crypto-engine-changed",
        view: { madeBy: before, engine: after },
      });
      expect(existsSync(storePath(home.dataDir, after))).toBe(false);
      expect(await (await home.start("DEVICE", withEngine(before))).status()).toMatchObject({
        fingerprint,
        signed: true,
      });
    },
  );

  it.each([
    ["wasm", "native"],
    ["native", "wasm"],
  ] as const)(
    "from %s to %s with a new login keeps the identity, and the old engine's device can be gone back to",
    async (before, after) => {
      const { fingerprint } = await (await home.start("OLD", withEngine(before))).status();
      const key = readFileSync(home.recoveryKeyFile, "utf8");
      await home.stop();
      const changed = await (await home.start("NEW", withEngine(after))).status();
      expect(changed).toMatchObject({
        engine: after,
        deviceId: "NEW",
        signed: true,
        backup: { version: "1" },
      });
      expect(readFileSync(home.recoveryKeyFile, "utf8")).toBe(key);
      await home.stop();
      await expect(home.start("NEW", withEngine(before))).rejects.toMatchObject({
        code: "crypto-engine-changed",
      });
      expect(await (await home.start("OLD", withEngine(before))).status()).toMatchObject({
        fingerprint,
        signed: true,
      });
    },
  );
});
