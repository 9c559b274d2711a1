import { describe, expect, it } from "vitest";
import { fileWriteFaults } from "./fileWrites.ts";

const known = { "src/files/known.ts": "files" };
const writer = { path: "src/files/known.ts", text: 'import { rename } from "node:fs/promises";' };
const faults = (text: string, path = "src/chat/dossier.ts"): readonly string[] =>
  fileWriteFaults([writer, { path, text }], known);

describe("what can write files", () => {
  it.each([
    'import { writeFile } from "node:fs/promises";',
    'import { existsSync, writeFileSync } from "node:fs";',
    'import {\n  readFile,\n  open as look,\n} from "fs/promises";',
    'import { createWriteStream } from "fs";',
    'import * as fs from "node:fs";',
    'import fs from "node:fs";',
    'export { appendFile } from "node:fs/promises";',
    'const { mkdir } = await import("node:fs/promises");',
    'process.getBuiltinModule("node:fs").rmSync(x);',
    'import { DatabaseSync } from "node:sqlite";',
    'import { spawn } from "node:child_process";',
    'import { JSONFile } from "lowdb/node";',
    "new SimpleFsStorageProvider(path)",
    'pino.destination("/tmp/log")',
  ])("is known: %s", (text) => {
    expect(faults(text)).toEqual([expect.stringContaining("src/chat/dossier.ts can write files")]);
  });

  it.each([
    'import { existsSync, readFileSync } from "node:fs";\nimport { readdir } from "node:fs/promises";',
    'import type { DatabaseSync } from "node:sqlite";',
    'import { readFile, type FileHandle } from "node:fs/promises";',
    "pino.destination({ fd: 2, sync: true })",
    'import { rename } from "./names.ts";',
  ])("is not what only looks: %s", (text) => {
    expect(faults(text)).toEqual([]);
  });

  it("counts in the program alone, and what is listed writes", () => {
    const text = 'import { writeFile } from "node:fs/promises";';
    expect(faults(text, "src/chat/dossier.test.ts")).toEqual([]);
    expect(faults(text, "test/harness/world.ts")).toEqual([]);
    expect(fileWriteFaults([], known)).toEqual([
      "src/files/known.ts is listed as writing files and does not",
    ]);
  });
});
