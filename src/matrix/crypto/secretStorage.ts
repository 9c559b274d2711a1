import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import type { Content } from "../port.ts";

/**
 * Secrets in account data under a key of the account's own. Source: Matrix specification, client-server API, "Secret storage",
 * algorithm `m.secret_storage.v1.aes-hmac-sha2`.
 */
const ALGORITHM = "m.secret_storage.v1.aes-hmac-sha2";
const ZEROES = Buffer.alloc(32);

/** A secret as it lies in account data under `encrypted.<key id>`; unpadded base64. */
export interface EncryptedSecret {
  readonly iv: string;
  readonly ciphertext: string;
  readonly mac: string;
}

/** An opened key: its name on the homeserver, the 32 bytes, and the content of its `m.secret_storage.key.<id>`. */
export interface SecretStorageKey {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly info: Content;
}

const keyInfo = z.looseObject({
  algorithm: z.literal(ALGORITHM),
  iv: z.string().optional(),
  mac: z.string().optional(),
});
const encryptedSecret = z.object({ iv: z.string(), ciphertext: z.string(), mac: z.string() });
const secretContent = z.looseObject({ encrypted: z.record(z.string(), z.unknown()) });

/** A new key around the given bytes, with a name of its own and the proof by which a mistyped one is recognised. */
export function describeKey(bytes: Uint8Array): SecretStorageKey {
  const { iv, mac } = encryptSecret(bytes, "", ZEROES.toString("latin1"));
  return {
    id: randomBytes(16).toString("base64url"),
    bytes,
    info: { algorithm: ALGORITHM, iv, mac },
  };
}

/** The key with that name, if the bytes are the right ones for it; undefined if not, or if it is of a kind not known here. */
export function openKey(
  id: string,
  info: unknown,
  bytes: Uint8Array,
): SecretStorageKey | undefined {
  const parsed = keyInfo.safeParse(info);
  if (!parsed.success) return undefined;
  const { iv, mac } = parsed.data;
  // Without a proof any key is as good as another; decrypting a secret with a wrong one still fails by its own MAC.
  if (iv !== undefined && mac !== undefined) {
    const proof = encryptSecret(bytes, "", ZEROES.toString("latin1"), Buffer.from(iv, "base64"));
    if (!same(proof.mac, mac)) return undefined;
  }
  return { id, bytes, info: parsed.data };
}

/** Encrypts `secret` for the place called `name` in account data. */
export function encryptSecret(
  key: Uint8Array,
  name: string,
  secret: string,
  iv = newIv(),
): EncryptedSecret {
  const { aes, hmac } = derive(key, name);
  const cipher = createCipheriv("aes-256-ctr", aes, iv);
  const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return {
    iv: unpadded(iv),
    ciphertext: unpadded(ciphertext),
    mac: unpadded(createHmac("sha256", hmac).update(ciphertext).digest()),
  };
}

/** Rejects with `crypto-recovery-key-wrong` if the secret was not encrypted with this key for this name. */
export function decryptSecret(key: Uint8Array, name: string, secret: EncryptedSecret): string {
  const { aes, hmac } = derive(key, name);
  const ciphertext = Buffer.from(secret.ciphertext, "base64");
  if (!same(unpadded(createHmac("sha256", hmac).update(ciphertext).digest()), secret.mac))
    throw new UsherError("crypto-recovery-key-wrong");
  const decipher = createDecipheriv("aes-256-ctr", aes, Buffer.from(secret.iv, "base64"));
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("utf8");
}

/** The part of a secret's account data that was encrypted with this key; undefined if there is none. */
export function secretUnder(content: unknown, keyId: string): EncryptedSecret | undefined {
  const parsed = secretContent.safeParse(content);
  if (!parsed.success) return undefined;
  return encryptedSecret.safeParse(parsed.data.encrypted[keyId]).data;
}

function derive(key: Uint8Array, name: string): { readonly aes: Buffer; readonly hmac: Buffer } {
  const bits = Buffer.from(hkdfSync("sha256", key, Buffer.alloc(8), name, 64));
  return { aes: bits.subarray(0, 32), hmac: bits.subarray(32) };
}

/** Bit 63 is clear: the counter differs between platforms when it overflows (specification, the same section). */
function newIv(): Buffer {
  const iv = randomBytes(16);
  iv[8] = (iv[8] ?? 0) & 0x7f;
  return iv;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, "base64"), Buffer.from(other, "base64")];
  return a.length === b.length && timingSafeEqual(a, b);
}
