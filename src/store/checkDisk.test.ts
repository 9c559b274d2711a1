import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkDisk } from "./checkDisk.ts";

describe("checkDisk", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "disk-"));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it("tells what is free and what was put aside, and leaves nothing behind", async () => {
    mkdirSync(join(dir, "quarantine"));
    writeFileSync(join(dir, "quarantine", "a.json"), "{");
    expect(await checkDisk(dir)).toEqual({
      freeBytes: expect.any(Number) as number,
      writable: true,
      putAside: 1,
    });
    expect(readdirSync(dir)).toEqual(["quarantine"]);
  });

  it("tells why nothing can be written", async () => {
    expect(await checkDisk(join(dir, "gone"))).toEqual({
      freeBytes: undefined,
      writable: "ENOENT",
      putAside: 0,
    });
  });
});
