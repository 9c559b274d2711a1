import { describe, expect, it } from "vitest";
import type { Content } from "../port.ts";
import { readSealedFile } from "./fileOpen.ts";
import { FileSeal } from "./fileSeal.ts";

const URL = "mxc://example.org/abc";
const PICTURE = Buffer.from("a picture of a cat");

async function sealed(): Promise<{ readonly bytes: Uint8Array; readonly file: Content }> {
  const seal = new FileSeal();
  const pieces = seal.seal(
    (async function* () {
      yield await Promise.resolve(PICTURE);
    })(),
    PICTURE.length,
  );
  const bytes = Buffer.concat(await Array.fromAsync(pieces));
  return { bytes, file: { ...seal.file, url: URL } };
}

describe("a file that lies encrypted", () => {
  it("is opened with what its message says", async () => {
    const { bytes, file } = await sealed();
    const read = readSealedFile(file);
    expect(read?.url).toBe(URL);
    expect(Buffer.from(read?.open(bytes) ?? [])).toEqual(PICTURE);
  });

  it("is none where something else lies there", async () => {
    const { bytes, file } = await sealed();
    const changed = Uint8Array.from(bytes, (byte, index) => (index === 3 ? byte ^ 1 : byte));
    expect(readSealedFile(file)?.open(changed)).toBeUndefined();
    expect(readSealedFile(file)?.open(bytes.subarray(1))).toBeUndefined();
  });

  it.each<[string, (file: Content) => unknown]>([
    ["nothing", () => undefined],
    ["an address of another kind", (file) => ({ ...file, url: "https://example.org/a" })],
    ["another version", (file) => ({ ...file, v: "v1" })],
    ["a key that is too short", (file) => ({ ...file, key: { alg: "A256CTR", k: "YWJj" } })],
    ["another way of encrypting", (file) => ({ ...file, key: { ...keyOf(file), alg: "A128CTR" } })],
    ["no hash", (file) => ({ ...file, hashes: {} })],
    ["a beginning that is too long", (file) => ({ ...file, iv: "a".repeat(101) })],
  ])("is not read where its message has %s", async (_, change) => {
    expect(readSealedFile(change((await sealed()).file))).toBeUndefined();
  });
});

function keyOf(file: Content): object {
  return file["key"] as object;
}
