import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import theirDecrypt from "matrix-js-sdk/lib/utils/decryptAESSecretStorageItem.js";
import theirEncrypt from "matrix-js-sdk/lib/utils/encryptAESSecretStorageItem.js";
import {
  decryptSecret,
  describeKey,
  encryptSecret,
  openKey,
  secretUnder,
} from "./secretStorage.ts";

const key = Uint8Array.from(randomBytes(32));

describe("secret storage", () => {
  it("is read by other clients, and reads theirs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.string({ minLength: 1 }),
        async (secret, name) => {
          expect(await theirDecrypt(encryptSecret(key, name, secret), key, name)).toBe(secret);
          expect(decryptSecret(key, name, await theirEncrypt(secret, key, name))).toBe(secret);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("refuses a wrong key, another name and a changed text", () => {
    const sealed = encryptSecret(key, "m.cross_signing.master", "seed");
    const wrong = expect.objectContaining({ code: "crypto-recovery-key-wrong" }) as Error;
    expect(() =>
      decryptSecret(Uint8Array.from(randomBytes(32)), "m.cross_signing.master", sealed),
    ).toThrow(wrong);
    expect(() => decryptSecret(key, "m.cross_signing.self_signing", sealed)).toThrow(wrong);
    expect(() =>
      decryptSecret(key, "m.cross_signing.master", { ...sealed, ciphertext: "AAAA" }),
    ).toThrow(wrong);
  });

  it("knows its own key by the proof beside its name, and no other", () => {
    const mine = describeKey(key);
    expect(openKey(mine.id, mine.info, key)?.id).toBe(mine.id);
    expect(openKey(mine.id, mine.info, Uint8Array.from(randomBytes(32)))).toBeUndefined();
    expect(openKey("x", { algorithm: "other" }, key)).toBeUndefined();
    expect(openKey("x", null, key)).toBeUndefined();
  });

  it("proves the key as other clients do", async () => {
    const { iv, mac } = await theirEncrypt("\0".repeat(32), key, "");
    expect(
      openKey("theirs", { algorithm: "m.secret_storage.v1.aes-hmac-sha2", iv, mac }, key)?.id,
    ).toBe("theirs");
  });

  it("finds the part that was encrypted with a key", () => {
    const sealed = encryptSecret(key, "n", "s");
    expect(secretUnder({ encrypted: { a: sealed } }, "a")).toEqual(sealed);
    expect(secretUnder({ encrypted: { a: sealed } }, "b")).toBeUndefined();
    expect(secretUnder({ encrypted: { a: { iv: 1 } } }, "a")).toBeUndefined();
    expect(secretUnder({}, "a")).toBeUndefined();
    expect(secretUnder(undefined, "a")).toBeUndefined();
  });
});
