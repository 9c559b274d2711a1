import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pictureOf } from "../../../../test/harness/importWorld.ts";
import { zipOf } from "../../../../test/harness/zipFiles.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { LeftOut, shortLine } from "./found.ts";
import { openZip } from "./zipFile.ts";
import { zipPack } from "./zipPack.ts";

/** What becomes of each file: how many bytes it has, or why it is left out. */
async function read(zip: Uint8Array): Promise<readonly (number | string)[]> {
  const all: (number | string)[] = [];
  for (const file of await openZip(zip))
    try {
      all.push((await file.read()).length);
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      all.push(error.why);
    }
  return all;
}

const file = (name: string, bytes: Uint8Array = Buffer.from(name)) => ({ name, bytes });

describe("a zip", () => {
  it("gives its files in order, and none of its folders", async () => {
    const files = [
      file("b.png"),
      file("dir/", Buffer.alloc(0)),
      { ...file("dir/a.png"), stored: true as const },
    ];
    expect((await openZip(zipOf(files))).map(({ name }) => name)).toEqual(["b.png", "dir/a.png"]);
    expect(await read(zipOf(files))).toEqual([5, 9]);
  });

  it("that only says that it has as many files as a Zip64 is damaged, and has not too many", async () => {
    const zip = zipOf([file("a.png"), file("b.png")]);
    // Both counts of the end record: what stands there for "look at the Zip64 record", of which there is none.
    zip.fill(0xff, zip.length - 14, zip.length - 10);
    await expect(openZip(zip)).rejects.toMatchObject({ code: "zip-none" });
  });

  it.each(["../x", "a/../../x", "/etc/passwd", "C:\\x", "a\\..\\x", "\\\\host\\x"])(
    "leaves out what is called %s, and nothing else",
    async (name) => {
      expect(await read(zipOf([file(name), file("ok")]))).toEqual(["misnamed", 2]);
      const { pictures } = await zipPack(zipOf([file(name)]), "x.zip");
      expect(pictures[0]?.name).not.toMatch(/[/\\]/);
    },
  );

  it("that was changed anywhere is refused as a whole or file by file, and fails in no other way", async () => {
    const good = zipOf([
      file("a.png", pictureOf("a")),
      file("b/c.png"),
      file("d", Buffer.alloc(99)),
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(good.length),
        async (changes, length) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          const torn = length % 3 === 0 ? bytes.subarray(0, length) : bytes;
          try {
            await read(torn);
          } catch (error) {
            if (!(error instanceof UsherError)) throw error;
            expect(error.code).toMatch(/^zip-(?:none|files)$/);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("in several parts, or with another compression, is refused in words", async () => {
    const zip = zipOf([file("a.png")]);
    const parts = Buffer.from(zip);
    parts.writeUInt16LE(2, zip.indexOf("PK\x05\x06") + 4);
    await expect(read(parts)).rejects.toMatchObject({ code: "zip-none" });
    const lzma = Buffer.from(zip);
    for (const at of [zip.indexOf("PK\x03\x04") + 8, zip.indexOf("PK\x01\x02") + 10])
      lzma.writeUInt16LE(14, at);
    expect(await read(lzma)).toEqual(["broken"]);
  });
});

it("what is told of a name is one line, without what turns or hides it", () => {
  expect(shortLine("a\u202egnp.exe\n\u0000b", 60)).toBe("a gnp.exe b");
  expect(shortLine("x".repeat(100), 10)).toBe("xxxxxxxxx…");
  expect(shortLine(" \u0007 ", 10)).toBeUndefined();
  expect(shortLine(7, 10)).toBeUndefined();
});
