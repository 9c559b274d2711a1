import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NATIVE_HERE } from "../harness/engine.ts";

/** In a process of its own: the panic is an uncaught exception there. */
function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly errors: string }> {
  const program = join(import.meta.dirname, "enginePanic.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === "number" ? error.code : 0,
        lines: stdout.trim().split("\n"),
        errors: stderr,
      });
    });
  });
}

describe.each(["wasm", "native"])("a panic inside the %s engine", (name) => {
  const absent = name === "native" && !NATIVE_HERE;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "usher-panic-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(absent)(
    "rejects what was under way and what follows, and a restart opens the same store",
    async () => {
      const { code, lines } = await run(name, folder);
      expect(lines).toEqual([
        "broken",
        "crypto-engine-broken",
        "crypto-engine-broken",
        "unhealthy",
        "crypto-engine-broken",
        "healthy",
        "same device",
        "2",
      ]);
      expect(code).toBe(0);
    },
  );

  it.skipIf(absent)(
    "is told from other uncaught errors, which end the process as ever",
    async () => {
      const { code, errors } = await run(name, folder, "other");
      // Not 134: the process ends, and is not aborted.
      expect([1, 7]).toContain(code);
      expect(errors).toContain("of another kind");
    },
  );
});
