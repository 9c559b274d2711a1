import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NATIVE_HERE } from "../harness/engine.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-memory-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!NATIVE_HERE)(
  "the native engine reads no list whose memory is free by then",
  async () => {
    const program = join(import.meta.dirname, "nativeMemory.ts");
    // Rejects where the process is ended by the package.
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--expose-gc",
      program,
      folder,
    ]);
    expect(stdout).toBe("asked for 1\n");
  },
);
