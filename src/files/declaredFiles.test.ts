import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allDeclared, declareFile } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { KEYS } from "../privacy/records/keys.ts";
import { nodeFiles } from "./files.ts";
import { makeFolders } from "./folders.ts";
import { replaceFile, writePrivate } from "./replaceFile.ts";
import { openSqlite } from "./sqlite.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-declared-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("a file that Usher writes", () => {
  it("does not compile where its name is in no record of the data map", () => {
    const dossier = join(folder, "dossier.json");
    const undeclared = [
      // @ts-expect-error -- no declared name
      () => replaceFile(nodeFiles, dossier, "what they said"),
      // @ts-expect-error -- no declared name
      () => writePrivate(dossier, "what they said"),
      // @ts-expect-error -- no declared name
      () => nodeFiles.create(dossier),
      // @ts-expect-error -- no declared name
      () => nodeFiles.makeFolder(dossier),
      // @ts-expect-error -- no declared name
      () => openSqlite(dossier),
      // @ts-expect-error -- no declared name
      () => makeFolders(dossier),
    ];
    expect(undeclared).toHaveLength(6);
  });

  it("is in the map by being declared, and in one record only", async () => {
    const file = declareFile("a file of a test", ACCOUNT);
    await writePrivate(file(folder), "text");
    expect(readdirSync(folder)).toEqual(["a file of a test"]);
    expect(allDeclared()).toContainEqual({
      where: "file",
      name: "a file of a test",
      record: ACCOUNT,
    });
    expect(() => declareFile("a file of a test", KEYS)).toThrow("in two records: D28 and D28-keys");
  });
});

describe("an SQLite file", () => {
  const file = declareFile("test.sqlite", ACCOUNT);

  it("is its owner's alone, with what SQLite puts beside it, and one that was open to others becomes so", () => {
    for (const before of [undefined, 0o644]) {
      const path = file(folder);
      if (before !== undefined) writeFileSync(path, "", { mode: before });
      const database = openSqlite(path);
      database.exec("PRAGMA journal_mode = WAL; CREATE TABLE a (b)");
      expect(existsSync(`${path}-wal`)).toBe(true);
      for (const name of readdirSync(folder))
        expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      database.close();
      rmSync(path);
    }
  });
});
