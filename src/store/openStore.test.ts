import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { nodeFiles } from "../files/files.ts";
import { UsherError } from "../kernel/errors.ts";
import type { FilePath } from "../privacy/declared.ts";
import { storeFault } from "./openStore.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "usher-fault-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

async function failure(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

describe("what is wrong with the data directory", () => {
  it.runIf(existsSync("/dev/full"))(
    "is a full disk where a write says so: file and code are named, whoever reports it",
    async () => {
      const file = join(dir, "document.json") as FilePath;
      symlinkSync("/dev/full", file);
      const full = await failure(async () => {
        const created = await nodeFiles.create(file);
        try {
          await created.write("text");
          await created.sync();
        } finally {
          await created.close();
        }
      });
      const wrapped = new UsherError("unexpected", {}, { cause: full });
      for (const error of [full, wrapped])
        expect(storeFault(error, dir)).toMatchObject({
          code: "data-directory-full",
          view: { dir, file, code: "ENOSPC" },
        });
      const fault = storeFault(full, dir);
      if (fault === undefined) throw new Error("It is a fault");
      const said = sentenceOf(fault);
      expect(said).toContain(
        `I cannot write \`${file}\`: the disk of the data directory \`${dir}\` is full (\`ENOSPC\`).`,
      );
      expect(said).toContain("Make room there, then start me again.");
    },
  );

  it("is a full disk where SQLite says so", () => {
    const cause = Object.assign(new Error("full"), { code: "ERR_SQLITE_ERROR", errcode: 13 });
    const error = new UsherError("crypto-store-unreadable", { file: "store.sqlite" }, { cause });
    expect(storeFault(error, dir)).toMatchObject({
      code: "data-directory-full",
      view: { file: "store.sqlite", code: "SQLITE_FULL" },
    });
    expect(storeFault(new UsherError("crypto-store-unreadable"), dir)).toBeUndefined();
  });

  it("names a file that could be opened and not be read", async () => {
    expect(storeFault(await failure(() => nodeFiles.read(dir)), dir)).toMatchObject({
      code: "data-directory-unreadable",
      view: { file: dir, code: "EISDIR" },
    });
  });

  it("is nothing where another file is meant, or none", async () => {
    expect(storeFault(await failure(() => nodeFiles.read("/dev")), dir)).toBeUndefined();
    expect(storeFault(new Error("a bug"), dir)).toBeUndefined();
  });
});
