import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FilePath } from "../privacy/declared.ts";
import { appendText, readAll, readLines, removeAll, sizeOfFile, writeAll } from "./workFiles.ts";

let folder: string;
const path = (name: string): FilePath => join(folder, name) as FilePath;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-work-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of items) found.push(one);
  return found;
}

describe("files that something large is made in", () => {
  it("grow line by line, for their owner alone, and are read back line by line", async () => {
    // What other readers take for the end of a line is none: it may stand in somebody's words.
    const lines = ["a", "b\u2028c\rd", "", "é".repeat(100_000)];
    for (const line of lines) await appendText(path("lines"), `${line}\n`);
    expect(await all(readLines(path("lines")))).toEqual(lines);
    expect(statSync(path("lines")).mode & 0o777).toBe(0o600);
  });

  it("have no lines where they are missing", async () => {
    expect(await all(readLines(path("none")))).toEqual([]);
  });

  it("take all that comes, and go with their folder", async () => {
    async function* pieces(): AsyncGenerator<Uint8Array, void> {
      for (const piece of ["ab", "c"]) yield await Promise.resolve(Buffer.from(piece));
    }
    await writeAll(path("bytes"), pieces());
    expect(Buffer.concat(await all(readAll(path("bytes")))).toString()).toBe("abc");
    expect(await sizeOfFile(path("bytes"))).toBe(3);
    expect(statSync(path("bytes")).mode & 0o777).toBe(0o600);
    await removeAll(folder as FilePath);
    await removeAll(folder as FilePath);
    expect(() => statSync(folder)).toThrow("ENOENT");
  });

  it("fail as their source does", async () => {
    async function* broken(): AsyncGenerator<Uint8Array, void> {
      yield await Promise.resolve(Buffer.from("ab"));
      throw new Error("no more");
    }
    await expect(writeAll(path("bytes"), broken())).rejects.toThrow("no more");
  });
});
