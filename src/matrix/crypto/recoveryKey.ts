import { UsherError } from "../../kernel/errors.ts";

/**
 * A 32-byte key as people write it down: two prefix bytes, the key, a parity byte, in base58, in groups of four.
 * Source: Matrix specification, appendices, "Cryptographic key representation".
 */
const PREFIX = [0x8b, 0x01] as const;
const KEY_BYTES = 32;
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function encodeRecoveryKey(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new RangeError("a recovery key has 32 bytes");
  const bytes = [...PREFIX, ...key];
  const all = [...bytes, parity(bytes)];
  let rest = BigInt(`0x${Buffer.from(all).toString("hex")}`);
  let text = "";
  for (; rest > 0n; rest /= 58n) text = `${ALPHABET.charAt(Number(rest % 58n))}${text}`;
  // The prefix is never zero, so there is no leading zero byte to write as "1".
  return (text.match(/.{1,4}/g) ?? []).join(" ");
}

/** White space does not matter. Rejects what was mistyped with `crypto-recovery-key-invalid`. */
export function decodeRecoveryKey(text: string): Uint8Array {
  const compact = text.replace(/\s/g, "");
  let value = 0n;
  for (const letter of compact) {
    const digit = ALPHABET.indexOf(letter);
    if (digit === -1) throw new UsherError("crypto-recovery-key-invalid");
    value = value * 58n + BigInt(digit);
  }
  const size = PREFIX.length + KEY_BYTES + 1;
  const hex = value.toString(16);
  if (compact === "" || hex.length !== 2 * size)
    throw new UsherError("crypto-recovery-key-invalid");
  const bytes = Buffer.from(hex, "hex");
  if (parity(bytes) !== 0 || PREFIX.some((byte, at) => bytes[at] !== byte))
    throw new UsherError("crypto-recovery-key-invalid");
  return new Uint8Array(bytes.subarray(PREFIX.length, PREFIX.length + KEY_BYTES));
}

function parity(bytes: Iterable<number>): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}
