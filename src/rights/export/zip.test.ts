import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256, unzip } from "../../../test/harness/unzip.ts";
import { exportManifest } from "./format.ts";
import { zip, type ZipEntry } from "./zip.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-zip-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const AT = Date.UTC(2026, 10, 29, 6, 45);

async function read(entries: readonly ZipEntry[]): ReturnType<typeof unzip> {
  const pieces: Uint8Array[] = [];
  for await (const piece of zip(entries, AT, { number: 2, of: 3 })) pieces.push(piece);
  const path = join(folder, "a.zip");
  writeFileSync(path, Buffer.concat(pieces));
  return unzip(path);
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array, void> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

describe("R31 the ZIP of an export", () => {
  it("has its files in their order, and last what each must be, to the byte", async () => {
    const files = await read([
      { name: "index.html", bytes: () => pieces("<p>", "é", "</p>") },
      { name: "empty.csv", bytes: () => pieces() },
      { name: "data.json", bytes: () => pieces("x".repeat(1_000_000), "y") },
    ]);
    expect([...files.keys()]).toEqual(["index.html", "empty.csv", "data.json", "manifest.json"]);
    const manifest = exportManifest.parse(JSON.parse(String(files.get("manifest.json"))));
    expect(manifest.madeAt).toBe("2026-11-29T06:45:00.000Z");
    expect(manifest.part).toEqual({ number: 2, of: 3 });
    expect(manifest.files).toEqual(
      [...files]
        .slice(0, -1)
        .map(([name, bytes]) => ({ name, size: bytes.length, sha256: sha256(bytes) })),
    );
    expect(files.get("data.json")?.toString()).toBe(`${"x".repeat(1_000_000)}y`);
  });

  it("fails as one of its files does, and never ends as if it were whole", async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void> {
      yield* pieces("ab");
      throw new Error("the disk is gone");
    }
    await expect(read([{ name: "a", bytes: broken }])).rejects.toThrow("the disk is gone");
  });

  it("asks for a file only when those before it are done", async () => {
    const order: string[] = [];
    async function* noted(name: string): AsyncGenerator<Uint8Array, void> {
      order.push(`${name} begins`);
      yield* pieces("x".repeat(200_000));
      order.push(`${name} ends`);
    }
    await read(["a", "b"].map((name) => ({ name, bytes: () => noted(name) })));
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });
});
