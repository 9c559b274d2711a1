import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FilePath } from "../privacy/declared.ts";
import { makeFolders } from "./folders.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-folders-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("makeFolders", () => {
  it("makes all that is missing, for the owner alone, and may be asked again", () => {
    const deep = join(folder, "a", "b", "c");
    makeFolders(deep as FilePath);
    makeFolders(deep as FilePath);
    for (const path of [join(folder, "a"), deep]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it("throws where a file is in the way", () => {
    writeFileSync(join(folder, "a"), "");
    expect(() => {
      makeFolders(join(folder, "a", "b") as FilePath);
    }).toThrow();
  });

  it.runIf(existsSync("/proc/self"))(
    "throws where there can be no folder, rather than to try for ever",
    () => {
      expect(() => {
        makeFolders("/proc/usher/data" as FilePath);
      }).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
    },
  );
});
