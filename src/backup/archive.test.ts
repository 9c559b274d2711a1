import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packed, unpacked, type BackupEntry } from "./archive.ts";

const ABOUT = {
  holds: "data",
  madeAt: "2026-11-29T13:00:00.000Z",
  usher: "0.1.0",
  userId: "@usher:example.org",
} as const;

async function* once<T>(...all: readonly T[]): AsyncGenerator<T, void> {
  for (const one of all) yield await Promise.resolve(one);
}

const bytesOf = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(bytes));

const pack = (files: readonly (readonly [string, Uint8Array])[]): Promise<Buffer> =>
  bytesOf(
    packed(
      ABOUT,
      once(...files.map(([name, bytes]): BackupEntry => ({ name, bytes: () => once(bytes) }))),
    ),
  );

async function unpack(bytes: Uint8Array): Promise<(readonly [string, Buffer])[]> {
  const { head, entries } = await unpacked(once(bytes));
  expect(head).toEqual({ format: "usher-backup", version: 1, ...ABOUT });
  const files: (readonly [string, Buffer])[] = [];
  for await (const entry of entries) files.push([entry.name, await bytesOf(entry.bytes)]);
  return files;
}

const damaged = { code: "backup-damaged" };

describe("what is inside a backup", () => {
  it("comes out as it went in, in its order, however large", async () => {
    const files = fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 200 })), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        const out = await unpack(await pack(all));
        expect(out).toEqual(all.map(([name, bytes]) => [name, Buffer.from(bytes)]));
      }),
    );
    const large = Buffer.alloc(1_000_000, "a long text that is not all the same; ");
    expect((await unpack(await pack([["large", large]])))[0]?.[1].equals(large)).toBe(true);
  });

  it("is refused where a line is changed, left out or added, or the end is missing", async () => {
    const lines = gunzipSync(
      await pack([
        ["a", Buffer.from("one")],
        ["b", Buffer.from("two")],
      ]),
    )
      .toString()
      .trimEnd()
      .split("\n");
    const opened = (all: readonly string[]) => unpack(gzipSync(`${all.join("\n")}\n`));
    expect(await opened(lines)).toHaveLength(2);
    for (const index of lines.keys()) {
      await expect(opened(lines.toSpliced(index, 1))).rejects.toMatchObject(damaged);
      await expect(opened(lines.toSpliced(index, 0, lines[index] ?? ""))).rejects.toMatchObject(
        damaged,
      );
      await expect(opened(lines.with(index, '{"piece":"AAAA"}'))).rejects.toMatchObject(damaged);
      await expect(opened(lines.with(index, "no JSON"))).rejects.toMatchObject(damaged);
    }
  });

  it("is refused where it is cut, and where it is something else", async () => {
    const whole = await pack([["a", Buffer.alloc(5000, "x")]]);
    for (const bytes of [
      whole.subarray(0, -1),
      whole.subarray(0, 20),
      Buffer.from("text"),
      Buffer.of(),
    ])
      await expect(unpack(bytes)).rejects.toMatchObject(damaged);
  });

  it("of a later Usher is called that", async () => {
    const text = gunzipSync(await pack([]))
      .toString()
      .replace('"version":1', '"version":2');
    await expect(unpacked(once(gzipSync(text)))).rejects.toMatchObject({
      code: "backup-newer",
      view: { usher: "0.1.0" },
    });
  });
});
