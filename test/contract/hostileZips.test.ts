import { describe, expect, it } from "vitest";
import { LeftOut } from "../../src/kinds/stickers/imports/found.ts";
import { openZip, ZIP_LIMITS } from "../../src/kinds/stickers/imports/zipFile.ts";
import { zipOf } from "../harness/zipFiles.ts";

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

describe("a zip that becomes large", () => {
  it("leaves out a bomb, whatever it says of its size, and reads no more of it than is taken", async () => {
    const zeros = Buffer.alloc(ZIP_LIMITS.fileBytes * 4);
    const honest = { name: "honest.png", bytes: zeros };
    const before = process.memoryUsage.rss();
    const lying = Array.from({ length: 20 }, (_, at) => ({
      ...{ name: `${String(at)}.png`, bytes: zeros, says: 100 },
    }));
    const zip = zipOf([honest, ...lying]);
    expect(zip.length).toBeLessThan(1_000_000);
    expect(await read(zip)).toEqual(["large", ...lying.map(() => "broken")]);
    // The zeros themselves are in it once.
    expect(process.memoryUsage.rss() - before).toBeLessThan(zeros.length + 100e6);
  });

  it("counts what all files have together", async () => {
    const full = Buffer.alloc(ZIP_LIMITS.fileBytes);
    const times = ZIP_LIMITS.allBytes / ZIP_LIMITS.fileBytes;
    const files = Array.from({ length: times + 2 }, (_, at) => file(`${String(at)}.png`, full));
    const found = await read(zipOf(files));
    expect(found.slice(-2)).toEqual(["large", "large"]);
    expect(found.filter((one) => one === full.length)).toHaveLength(times);
  });

  it("whose files lie over one another is read no further than that", async () => {
    // All entries of the list lead to the first file.
    const one = zipOf([file("a.png", Buffer.alloc(ZIP_LIMITS.fileBytes))]);
    const many = zipOf(
      Array.from({ length: 200 }, (_, at) => file(`${String(at)}.png`, Buffer.alloc(1))),
    );
    const local = one.subarray(0, one.indexOf("PK\x01\x02"));
    const head = one.subarray(one.indexOf("PK\x01\x02"), one.indexOf("PK\x05\x06"));
    const end = Buffer.from(many.subarray(many.indexOf("PK\x05\x06")));
    const heads = Buffer.concat(Array.from({ length: 200 }, () => head));
    end.writeUInt32LE(heads.length, 12);
    end.writeUInt32LE(local.length, 16);
    const found = await read(Buffer.concat([local, heads, end]));
    const whole = found.filter((size) => size === ZIP_LIMITS.fileBytes);
    expect(whole.length).toBeLessThanOrEqual(ZIP_LIMITS.allBytes / ZIP_LIMITS.fileBytes);
    expect(found).toHaveLength(200);
  });
});
