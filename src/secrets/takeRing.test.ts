import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { UsherError } from "../kernel/errors.ts";
import { takeRing } from "./takeRing.ts";

it("a ring is one Usher's at a time, by whatever name it is called, until that lets go of it", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-ring-"));
  try {
    const [ring, link] = [join(folder, "secrets", "ring"), join(folder, "link")];
    mkdirSync(join(folder, "secrets"));
    writeFileSync(ring, "");
    symlinkSync(ring, link);
    const release = takeRing(ring);
    for (const name of [ring, link]) {
      expect(() => takeRing(name)).toThrow(UsherError);
    }
    const other = takeRing(join(folder, "secrets", "other"));
    const said = sentenceOf(new UsherError("key-ring-in-use", { file: ring }));
    expect(said).toContain("Another Usher that runs uses the key ring");
    release();
    takeRing(link)();
    other();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
