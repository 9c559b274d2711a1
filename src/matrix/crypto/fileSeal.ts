import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { Content } from "../port.ts";

/**
 * Encrypts one file as it passes, under a key of its own (client-server API, "Sending encrypted attachments": AES-256 in CTR mode, the
 * SHA-256 of what comes out). It does not change in size. For another try, another seal: the same key must not cover two files.
 */
export class FileSeal {
  readonly #key = randomBytes(32);
  /** The first half is chance; the second counts blocks, and begins at 0. */
  readonly #iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  #file: Content | undefined;
  #used = false;

  /** `size`: how many bytes come. What a reader needs is known before the last of them goes out: a homeserver may answer that it has them all before anybody asks whether more come. */
  async *seal(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void> {
    if (this.#used) throw new Error("A seal was to be used for a second file.");
    this.#used = true;
    const cipher = createCipheriv("aes-256-ctr", this.#key, this.#iv);
    const hash = createHash("sha256");
    let left = size;
    if (left === 0) this.#file = this.#facts(hash.copy().digest());
    for await (const piece of bytes) {
      const sealed = cipher.update(piece);
      hash.update(sealed);
      left -= sealed.length;
      if (left === 0 && this.#file === undefined) this.#file = this.#facts(hash.copy().digest());
      yield sealed;
    }
  }

  /** What a reader needs: the `file` of a message, without `url`. Throws before all of the file has passed. */
  get file(): Content {
    if (this.#file === undefined) throw new Error("A file was to be told of before it was sealed.");
    return this.#file;
  }

  #facts(sha256: Uint8Array): Content {
    return {
      v: "v2",
      key: {
        kty: "oct",
        key_ops: ["encrypt", "decrypt"],
        alg: "A256CTR",
        k: this.#key.toString("base64url"),
        ext: true,
      },
      iv: unpadded(this.#iv),
      hashes: { sha256: unpadded(sha256) },
    };
  }
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
