import { Attachment, EncryptedAttachment, initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { openAttachment } from "../../../test/harness/attachments.ts";
import type { Content } from "../port.ts";
import { FileSeal } from "./fileSeal.ts";

/** Seals bytes that come in pieces of these lengths; the rest is the last. */
async function sealed(
  bytes: Uint8Array,
  lengths: readonly number[] = [],
): Promise<{ readonly bytes: Uint8Array; readonly file: Content }> {
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    let from = 0;
    for (const length of lengths)
      yield await Promise.resolve(bytes.subarray(from, (from += length)));
    yield bytes.subarray(from);
  }
  const seal = new FileSeal();
  const out = Buffer.concat(await Array.fromAsync(seal.seal(pieces(), bytes.length)));
  return { bytes: out, file: seal.file };
}

describe("a sealed file", () => {
  beforeAll(() => initAsync());

  it.each([[[]], [[1]], [[16, 16]], [[15, 17, 1, 65_536]], [[0, 3, 0, 99_997]]])(
    "that came in pieces of %j opens by the specification, and with Matrix's own library",
    async (lengths) => {
      const plain = randomBytes(100_000);
      const { bytes, file } = await sealed(plain, lengths);
      expect(bytes).toHaveLength(plain.length);
      expect(Object.keys(file).sort()).toEqual(["hashes", "iv", "key", "v"]);
      expect(openAttachment(bytes, file).equals(plain)).toBe(true);
      const url = { url: "mxc://example.org/file" };
      const theirs = Attachment.decrypt(
        new EncryptedAttachment(bytes, JSON.stringify({ ...file, ...url })),
      );
      expect(Buffer.from(theirs).equals(plain)).toBe(true);
    },
  );

  it("hides what it holds, and tells where it was changed", async () => {
    const plain = randomBytes(1_000);
    const { bytes, file } = await sealed(plain);
    expect(Buffer.from(bytes).equals(plain)).toBe(false);
    const changed = Uint8Array.from(bytes);
    changed[500] = (changed[500] ?? 0) ^ 1;
    expect(() => openAttachment(changed, file)).toThrow("not the one that was sent");
  });

  it("may be empty", async () => {
    const { bytes, file } = await sealed(new Uint8Array());
    expect(openAttachment(bytes, file)).toHaveLength(0);
  });

  it("has a key and a beginning of its own, and no seal covers two", async () => {
    const [one, other] = [await sealed(new Uint8Array(9)), await sealed(new Uint8Array(9))];
    expect(one.file["key"]).not.toEqual(other.file["key"]);
    expect(one.file["iv"]).not.toEqual(other.file["iv"]);
    const seal = new FileSeal();
    await Array.fromAsync(seal.seal(three(), 3));
    await expect(Array.fromAsync(seal.seal(three(), 3))).rejects.toThrow("second file");
  });

  it("cannot be told of before all of it has passed", async () => {
    const seal = new FileSeal();
    expect(() => seal.file).toThrow("before it was sealed");
    const out = seal.seal(three(), 4);
    await out.next();
    expect(() => seal.file).toThrow("before it was sealed");
  });

  it("can be told of with its last byte: nobody need ask whether more come", async () => {
    const seal = new FileSeal();
    const out = seal.seal(three(), 3);
    const { value } = await out.next();
    expect(openAttachment(value ?? new Uint8Array(), seal.file)).toHaveLength(3);
    await out.return();
  });
});

async function* three(): AsyncGenerator<Uint8Array, void> {
  yield await Promise.resolve(new Uint8Array(3));
}
