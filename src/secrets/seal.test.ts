import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { open, seal } from "./seal.ts";

const key = createSecretKey(randomBytes(32));
const bound = ["credential", "v1", "@ann:x", "bot", "!r:x", "poll", "secret"];
const others = fc.uint8Array({ maxLength: 200 });

describe("what is sealed", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["64 KiB", randomBytes(65_536)],
    ["NUL", Buffer.from("a\0b")],
    ["blanks and emoji", Buffer.from("  two  words 🔑\n")],
  ])("opens as it was: %s", (_, plain) => {
    expect(open(key, seal(key, plain, bound), bound)?.equals(plain)).toBe(true);
  });

  it("opens as it was, whatever it is", () => {
    fc.assert(
      fc.property(others, (plain) => {
        expect(open(key, seal(key, plain, bound), bound)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it("does not open once any bit, or any sign of the text, is another", () => {
    const sealed = seal(key, Buffer.from("s3cr3t"), bound);
    for (let at = 0; at < sealed.length; at++)
      for (const sign of ["A", "B", "-", "=", ".", " "]) {
        if (sealed[at] === sign) continue;
        const changed = sealed.slice(0, at) + sign + sealed.slice(at + 1);
        expect(open(key, changed, bound), changed).toBeUndefined();
      }
    for (const [index, part] of sealed.split(".").entries()) {
      const bytes = Buffer.from(part, "base64url");
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = sealed.split(".").with(index, flipped.toString("base64url")).join(".");
        expect(open(key, changed, bound)).toBeUndefined();
      }
    }
  });

  it("does not open with a shorter tag or nonce, cut short, or with more behind it", () => {
    const sealed = seal(key, Buffer.from("s3cr3t"), bound);
    const [nonce = "", tag = "", text = ""] = sealed.split(".");
    const cut = Buffer.from(tag, "base64url").subarray(0, 12).toString("base64url");
    for (const changed of [
      `${nonce}.${cut}.${text}`,
      `${nonce.slice(4)}.${tag}.${text}`,
      `${nonce}.${tag}`,
      `${sealed}.`,
      `${sealed}.AAAA`,
      "",
    ])
      expect(open(key, changed, bound), changed).toBeUndefined();
  });

  it("opens with no other key, and nowhere but where it belongs", () => {
    const sealed = seal(key, Buffer.from("s3cr3t"), bound);
    expect(open(createSecretKey(randomBytes(32)), sealed, bound)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 9 }), (elsewhere) => {
        fc.pre(JSON.stringify(elsewhere) !== JSON.stringify(bound));
        expect(open(key, sealed, elsewhere)).toBeUndefined();
      }),
    );
    for (const [index, word] of bound.entries()) {
      expect(open(key, sealed, bound.with(index, `${word}x`))).toBeUndefined();
      // Nor where the same signs are divided in another way.
      const [next = ""] = bound.slice(index + 1);
      const moved = bound.with(index, word + next.slice(0, 1));
      if (index + 1 < bound.length)
        expect(open(key, sealed, moved.with(index + 1, next.slice(1)))).toBeUndefined();
    }
  });

  it("is never the same twice", () => {
    const all = Array.from({ length: 1_000 }, () => seal(key, Buffer.from("same"), bound));
    expect(new Set(all.map((one) => one.split(".")[0])).size).toBe(all.length);
  });
});
