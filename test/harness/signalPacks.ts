import { createCipheriv, createHmac, hkdfSync } from "node:crypto";

/** Seals what Signal's apps upload: AES-256-CBC with what begins it in front, and an HMAC behind. */
export function signalSealed(bytes: Uint8Array, key: string): Buffer {
  const made = hkdfSync("sha256", Buffer.from(key, "hex"), Buffer.alloc(32), "Sticker Pack", 64);
  const iv = Buffer.alloc(16, 7);
  const cipher = createCipheriv("aes-256-cbc", new Uint8Array(made, 0, 32), iv);
  const body = Buffer.concat([iv, cipher.update(bytes), cipher.final()]);
  const mac = createHmac("sha256", new Uint8Array(made, 32)).update(body).digest();
  return Buffer.concat([body, mac]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** The list of a pack, as Signal's Protocol Buffers have it. */
export function signalManifest(
  title: string,
  author: string,
  stickers: readonly { readonly id: number; readonly emoji: string }[],
): Buffer {
  return Buffer.concat([
    field(1, Buffer.from(title)),
    field(2, Buffer.from(author)),
    field(3, Buffer.concat([varint(8), varint(0)])),
    ...stickers.map(({ id, emoji }) =>
      field(4, Buffer.concat([varint(8), varint(id), field(2, Buffer.from(emoji))])),
    ),
  ]);
}
