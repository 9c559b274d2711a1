import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto";

/** Bytes; NIST SP 800-38D: 96 bits made anew at random for each sealing, and the whole tag. */
const NONCE = 12;
const TAG = 16;
const CIPHER = "aes-256-gcm";

/** What something sealed belongs to, as whose it is and which field: opened elsewhere it does not open. */
export type Bound = readonly string[];

/** Seals bytes under a key of 32 bytes: nonce, tag and ciphertext, as text without blanks (`<nonce>.<tag>.<ciphertext>`). */
export function seal(key: KeyObject, plain: Uint8Array, bound: Bound): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  cipher.setAAD(boundBytes(bound));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return [nonce, cipher.getAuthTag(), sealed].map((part) => part.toString("base64url")).join(".");
}

/** What was sealed; undefined where it is not whole, was sealed under another key, or belongs to something else. */
export function open(key: KeyObject, sealed: string, bound: Bound): Buffer | undefined {
  const [nonce, tag, text, ...more] = sealed.split(".").map(bytesOf);
  if (nonce?.length !== NONCE || tag?.length !== TAG || text === undefined || more.length > 0)
    return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  decipher.setAAD(boundBytes(bound));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Texts one after another could be read as others are: as JSON they cannot. */
function boundBytes(bound: Bound): Buffer {
  return Buffer.from(JSON.stringify(bound));
}

/** Undefined where the text is not exactly what such bytes are written as: whatever was changed in it counts. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
