import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeDataDirectory } from "./lock.ts";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "usher-lock-")), "data");
});
afterEach(() => {
  rmSync(join(dir, ".."), { recursive: true });
});

describe("takeDataDirectory", () => {
  it("makes it for its owner alone, and has it until it lets go", () => {
    const release = takeDataDirectory(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, "lock.sqlite")).mode & 0o777).toBe(0o600);
    expect(() => takeDataDirectory(dir)).toThrow(
      expect.objectContaining({ code: "data-directory-in-use", view: { dir } }),
    );
    release();
    takeDataDirectory(dir)();
  });

  it.each([
    [
      "a folder stands where the lock is to be",
      () => {
        mkdirSync(join(dir, "lock.sqlite"), { recursive: true });
      },
    ],
    [
      "it is no folder",
      () => {
        writeFileSync(dir, "");
      },
    ],
  ])("says that it cannot be written where %s", (_, spoil) => {
    spoil();
    expect(() => takeDataDirectory(dir)).toThrow(
      expect.objectContaining({ code: "data-directory-not-writable", view: { dir } }),
    );
  });
});
