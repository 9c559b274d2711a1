import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { documentsContract } from "../../test/contract/documents.ts";
import { CrashingFiles } from "../../test/store/crashingFiles.ts";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { held } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { defineDocument, type Documents } from "./documents.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { openDocuments, openUnlocked, type Quarantined } from "./lowdbDocuments.ts";

const clock = new ManualClock(Date.UTC(2026, 10, 23, 12, 30));

documentsContract("lowdb on files in memory", async () => {
  const files = new CrashingFiles();
  const quarantined: string[] = [];
  const start = (): Promise<Documents> =>
    openUnlocked(
      { dir: "/data", clock, onQuarantine: ({ kind }) => quarantined.push(kind) },
      files,
      () => undefined,
    );
  let documents = await start();
  return {
    documents,
    quarantined,
    reopen: async () => {
      await documents.close();
      documents = await start();
      return documents;
    },
    end: () => documents.close(),
  };
});

interface Word {
  readonly word: string;
}
const definition = {
  kind: "word",
  version: 1,
  shape: { word: held(ACCOUNT, z.string()) },
  empty: () => ({ word: "" }),
  migrations: {},
};
const word = defineDocument(definition);
const louder = {
  ...definition,
  version: 2,
  migrations: { 1: (old: unknown) => ({ word: (old as Word).word.toUpperCase() }) },
};
const loudWord = defineDocument(louder);
const noWord = defineDocument({ ...louder, shape: { word: held(ACCOUNT, z.string().max(0)) } });
const ROOM = "!secretroom:club.example";

describe("the data directory", () => {
  let dir: string;
  let found: Quarantined[];
  let documents: Documents;
  const start = async (files?: Files): Promise<Documents> => {
    const options = { dir, clock, onQuarantine: (one: Quarantined) => found.push(one) };
    documents =
      files === undefined
        ? await openDocuments(options)
        : await openUnlocked(options, files, () => undefined);
    return documents;
  };
  const filesIn = (folder: string): string[] =>
    readdirSync(join(dir, folder), { recursive: true, encoding: "utf8" })
      .map((name) => join(dir, folder, name))
      .filter((path) => statSync(path).isFile());
  const only = (folder: string): string => {
    const files = filesIn(folder);
    expect(files).toHaveLength(1);
    return files[0] ?? "";
  };

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), "usher-documents-"));
    found = [];
    await start();
  });
  afterEach(async () => {
    await documents.close();
    rmSync(dir, { recursive: true });
  });

  it("is on disk even where lowdb's presets would stay in memory", async () => {
    expect(process.env["NODE_ENV"]).toBe("test");
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    expect(JSON.parse(readFileSync(only("documents"), "utf8"))).toEqual({
      version: 1,
      id: ROOM,
      document: { word: "hello" },
    });
  });

  it("names no room and no person, and is readable by its owner only", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.update(loudWord, "@ann:club.example", () => ({ word: "x" }));
    await documents.close();
    await start();
    await documents.get(loudWord, ROOM);
    await documents.get(noWord, "@ann:club.example");
    expect([...filesIn("backups"), ...filesIn("quarantine")]).toHaveLength(2);
    const everything = readdirSync(dir, { recursive: true, encoding: "utf8" });
    expect(everything.join()).not.toMatch(/secret|room|ann|club|example/);
    for (const path of everything.map((name) => join(dir, name))) {
      expect([path, statSync(path).mode & 0o777]).toEqual([
        path,
        statSync(path).isDirectory() ? 0o700 : 0o600,
      ]);
    }
    expect(relativeShape(only("documents"))).toMatch(/^word\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.json$/);
  });
  const relativeShape = (path: string): string => path.slice(join(dir, "documents").length + 1);

  it("gives the same id another name in another directory", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    const first = basename(only("documents"));
    await documents.close();
    rmSync(dir, { recursive: true });
    await start();
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    expect(basename(only("documents"))).not.toBe(first);
  });

  it("is written with exactly two fsyncs, of the file before the rename and of the folder after it", async () => {
    await documents.update(word, ROOM, () => ({ word: "one" }));
    await documents.close();
    const calls: string[] = [];
    const told =
      <A extends readonly unknown[], R>(name: string, method: (...args: A) => R) =>
      (...args: A): R => {
        calls.push(name);
        return method(...args);
      };
    await start({
      ...nodeFiles,
      rename: told("rename", nodeFiles.rename),
      syncFolder: told("syncFolder", nodeFiles.syncFolder),
      create: async (path) => {
        const file = await nodeFiles.create(path);
        return {
          write: told("write", (text: string) => file.write(text)),
          sync: told("sync", () => file.sync()),
          close: told("close", () => file.close()),
        };
      },
    });
    calls.length = 0;
    await documents.update(word, ROOM, () => ({ word: "two" }));
    expect(calls).toEqual(["write", "sync", "close", "rename", "syncFolder"]);
    calls.length = 0;
    await documents.update(word, ROOM, (current) => current);
    await documents.get(word, ROOM);
    expect(calls).toEqual([]);
  });

  it("is read once for all who ask, and a scan pushes out nothing that is in use", async () => {
    await documents.update(word, ROOM, () => ({ word: "one" }));
    await documents.update(word, "other", () => ({ word: "two" }));
    await documents.close();
    let reads = 0;
    await start({
      ...nodeFiles,
      read: (path) => {
        reads += 1;
        return nodeFiles.read(path);
      },
    });
    reads = 0;
    await Promise.all([documents.get(word, ROOM), documents.get(word, ROOM)]);
    expect(reads).toBe(1);
    for await (const { id } of documents.scan(word)) expect([ROOM, "other"]).toContain(id);
    expect(reads).toBe(2);
    await documents.get(word, "other");
    expect(reads).toBe(3);
  });

  it("keeps the old document, on disk and in memory, when the new one cannot be written", async () => {
    await documents.update(word, ROOM, () => ({ word: "old" }));
    await documents.close();
    let full = true;
    await start({
      ...nodeFiles,
      create: async (path) => {
        const file = await nodeFiles.create(path);
        return {
          ...file,
          sync: () =>
            full
              ? Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }))
              : file.sync(),
        };
      },
    });
    expect(await documents.get(word, ROOM)).toEqual({ word: "old" });
    await expect(documents.update(word, ROOM, () => ({ word: "new" }))).rejects.toThrow("full");
    expect(await documents.get(word, ROOM)).toEqual({ word: "old" });
    expect(filesIn("writing")).toEqual([]);
    full = false;
    expect(
      await documents.update(word, ROOM, ({ word: before }) => ({ word: `${before}er` })),
    ).toEqual({ word: "older" });
  });

  it("reads again what is on disk when it cannot know which document that is", async () => {
    await documents.update(word, ROOM, () => ({ word: "old" }));
    await documents.close();
    const file = only("documents");
    await start({
      ...nodeFiles,
      syncFolder: (path) =>
        path === dirname(file) ? Promise.reject(new Error("EIO")) : nodeFiles.syncFolder(path),
    });
    expect(await documents.get(word, ROOM)).toEqual({ word: "old" });
    await expect(documents.update(word, ROOM, () => ({ word: "new" }))).rejects.toThrow("EIO");
    expect(JSON.parse(readFileSync(only("documents"), "utf8"))).toMatchObject({
      document: await documents.get(word, ROOM),
    });
  });

  it("keeps the file of before a migration, and deletes it with the document", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    const before = readFileSync(only("documents"), "utf8");
    await documents.close();
    await start();
    expect(await documents.get(loudWord, ROOM)).toEqual({ word: "HELLO" });
    expect(readFileSync(only("backups"), "utf8")).toBe(before);
    expect(JSON.parse(readFileSync(only("documents"), "utf8"))).toMatchObject({
      version: 2,
      document: { word: "HELLO" },
    });
    await documents.delete(loudWord, ROOM);
    expect([...filesIn("documents"), ...filesIn("backups")]).toEqual([]);
  });

  it("R36 deletes the file of before a migration alone, where it holds what is to go", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    await start();
    const after = await documents.get(loudWord, ROOM);
    await documents.deleteFormer(loudWord, ROOM, (text) => text.includes("goodbye"));
    expect(filesIn("backups")).toHaveLength(1);
    await documents.deleteFormer(loudWord, ROOM, (text) => text.includes("hello"));
    expect(filesIn("backups")).toEqual([]);
    expect(await documents.get(loudWord, ROOM)).toEqual(after);
  });

  const damages: Readonly<
    Record<string, readonly [reason: string, damage: (text: string) => string]>
  > = {
    "an empty file": ["not-json", () => ""],
    "a torn file": ["not-json", (text) => text.slice(0, -7)],
    "a file of zeros": ["not-json", (text) => "\0".repeat(text.length)],
    "something else": ["not-an-envelope", () => '{"word":"hello"}'],
    "a document of another id": ["misplaced", (text) => text.replace("secretroom", "otherroom")],
    "a document of another shape": ["not-of-its-schema", (text) => text.replace('"hello"', "5")],
  };
  it.each(Object.keys(damages))("puts %s aside as it is", async (name) => {
    const [reason, damage] = damages[name] ?? ["", (text: string) => text];
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    const file = only("documents");
    const damaged = damage(readFileSync(file, "utf8"));
    writeFileSync(file, damaged);
    await start();
    await documents.update(word, "other", () => ({ word: "unharmed" }));
    expect(await documents.get(word, ROOM)).toBeUndefined();
    expect(found).toEqual([{ kind: "word", reason, file: only("quarantine") }]);
    expect(basename(only("quarantine"))).toMatch(
      new RegExp(`^2026-11-23T12-30-00-000Z-word-${basename(file, ".json")}-[0-9a-f]{6}\\.json$`),
    );
    expect(readFileSync(only("quarantine"), "utf8")).toBe(damaged);
    expect(await documents.get(word, "other")).toEqual({ word: "unharmed" });
    await documents.update(word, ROOM, () => ({ word: "anew" }));
    expect(found).toHaveLength(1);
  });

  it("does not take a document that cannot be opened for a damaged one", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    await start({
      ...nodeFiles,
      read: (path) =>
        path.includes("/documents/") ? Promise.reject(new Error("EIO")) : nodeFiles.read(path),
    });
    await expect(documents.get(word, ROOM)).rejects.toThrow("EIO");
    expect(found).toEqual([]);
  });

  it("is rid of half-written files at the next start, and ignores what is not its own", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    writeFileSync(join(dir, "writing", "word-torn.json"), '{"version":1,"id":"!secr');
    const document = only("documents");
    for (const folder of [dirname(document), dirname(dirname(document))])
      writeFileSync(join(folder, ".DS_Store"), "x");
    await start();
    expect(filesIn("writing")).toEqual([]);
    const ids: string[] = [];
    for await (const { id } of documents.scan(word)) ids.push(id);
    expect(ids).toEqual([ROOM]);
    expect(found).toEqual([]);
  });

  it("does not start where the key to the names is gone or damaged", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    const key = readFileSync(join(dir, "names.key"));
    rmSync(join(dir, "names.key"));
    await expect(start()).rejects.toMatchObject({ code: "data-directory-key-missing" });
    writeFileSync(join(dir, "names.key"), key.subarray(1));
    await expect(start()).rejects.toMatchObject({ code: "data-directory-key-missing" });
    writeFileSync(join(dir, "names.key"), key);
    await start();
    expect(await documents.get(word, ROOM)).toEqual({ word: "hello" });
  });

  it("works as a copy, which is a backup", async () => {
    await documents.update(word, ROOM, () => ({ word: "hello" }));
    await documents.close();
    const copy = `${dir}-copy`;
    cpSync(dir, copy, { recursive: true });
    rmSync(dir, { recursive: true });
    cpSync(copy, dir, { recursive: true });
    rmSync(copy, { recursive: true });
    await start();
    expect(await documents.get(word, ROOM)).toEqual({ word: "hello" });
  });

  it("belongs to one at a time, and may be had again after it was released", async () => {
    const again = openDocuments({ dir, clock, onQuarantine: () => undefined });
    await expect(again).rejects.toThrow(UsherError);
    await expect(again).rejects.toMatchObject({ code: "data-directory-in-use", view: { dir } });
    await documents.close();
    await documents.close();
    await start();
    expect(await documents.get(word, ROOM)).toBeUndefined();
  });

  it("is made, also below folders that are not there, or it is said that it cannot be", async () => {
    const deep = join(dir, "a", "b");
    const made = await openDocuments({ dir: deep, clock, onQuarantine: () => undefined });
    expect(statSync(deep).mode & 0o777).toBe(0o700);
    await made.close();
    writeFileSync(join(dir, "file"), "");
    const below = openDocuments({
      dir: join(dir, "file", "data"),
      clock,
      onQuarantine: () => undefined,
    });
    await expect(below).rejects.toMatchObject({ code: "data-directory-not-writable" });
  });

  it.skipIf(process.getuid?.() === 0)("says that it may not be written", async () => {
    const closed = join(dir, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    await expect(
      openDocuments({ dir: closed, clock, onQuarantine: () => undefined }),
    ).rejects.toMatchObject({
      code: "data-directory-not-writable",
    });
    expect(existsSync(join(closed, "lock.sqlite"))).toBe(false);
    chmodSync(closed, 0o700);
  });
});
