import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FilePath } from "../privacy/declared.ts";
import { nodeFiles, type Files, type NewFile } from "./files.ts";
import { makeFile, replaceFile, writePrivate, type LaterText } from "./replaceFile.ts";
import { tryWriting } from "./tryWriting.ts";

let folder: string;
let file: FilePath;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-replace-"));
  file = join(folder, "kept") as FilePath;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Step = "create" | keyof NewFile | "rename" | "syncFolder";

/** The real files, which tell each step, and of which one fails: after its deed where `late`, as a disk may that says so in the end. */
function faulty(failing?: Step, late = false): { readonly files: Files; readonly steps: Step[] } {
  const steps: Step[] = [];
  const step = async <T>(name: Step, deed: () => Promise<T>): Promise<T> => {
    steps.push(name);
    if (name === failing && !late) throw new Error(name);
    const done = await deed();
    if (name === failing) throw new Error(name);
    return done;
  };
  return {
    steps,
    files: {
      ...nodeFiles,
      create: (path, mode) =>
        step("create", async () => {
          const made = await nodeFiles.create(path, mode);
          return {
            write: (text) => step("write", () => made.write(text)),
            sync: () => step("sync", () => made.sync()),
            // Closed in any case: what fails is only what is said of it.
            close: async () => {
              await made.close();
              await step("close", () => Promise.resolve());
            },
          };
        }),
      rename: (from, to) => step("rename", () => nodeFiles.rename(from, to)),
      syncFolder: (path) => step("syncFolder", () => nodeFiles.syncFolder(path)),
    },
  };
}

const later = (text: string): LaterText => ({ bytes: 64, make: () => Promise.resolve(text) });

describe("replaceFile", () => {
  it("writes beside, brings it to the disk, renames, and brings the name to the disk", async () => {
    const { files, steps } = faulty();
    await replaceFile(files, file, "new");
    expect(steps).toEqual(["create", "write", "sync", "close", "rename", "syncFolder"]);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["kept"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("has room on the disk before a text is made that may not be lost", async () => {
    const { files, steps } = faulty();
    let before: readonly Step[] = [];
    const make = (): Promise<string> => {
      before = [...steps];
      return Promise.resolve("made");
    };
    await replaceFile(files, file, { bytes: 64, make });
    expect(before).toEqual(["create", "write", "sync"]);
    expect(readFileSync(file, "utf8")).toBe("made".padEnd(64));
  });

  const whole = ["create", "write", "sync", "close", "rename"] as const;
  it.each(
    whole.flatMap((step) => [
      { step, text: "new" as string | LaterText, kind: "a text" },
      { step, text: later("new"), kind: "a text that is made later" },
    ]),
  )(
    "leaves what was there, and nothing beside it, where $step of $kind fails",
    async ({ step, text }) => {
      writeFileSync(file, "old");
      const { files, steps } = faulty(step);
      await expect(replaceFile(files, file, text)).rejects.toThrow(step);
      expect(readFileSync(file, "utf8")).toBe("old");
      expect(readdirSync(folder)).toEqual(["kept"]);
      expect(steps.at(-1)).toBe(step === "write" || step === "sync" ? "close" : step);
    },
  );

  it.each(["write", "sync", "rename", "syncFolder"] as const)(
    "leaves a whole file, and nothing beside it, where %s fails after its deed",
    async (step) => {
      writeFileSync(file, "old");
      const { files } = faulty(step, true);
      await expect(replaceFile(files, file, "new")).rejects.toThrow(step);
      const renamed = step === "rename" || step === "syncFolder";
      expect(readFileSync(file, "utf8")).toBe(renamed ? "new" : "old");
      expect(readdirSync(folder)).toEqual(["kept"]);
    },
  );

  it("leaves what was there where the text cannot be made", async () => {
    writeFileSync(file, "old");
    const make = (): Promise<never> => Promise.reject(new Error("refused"));
    await expect(replaceFile(nodeFiles, file, { bytes: 64, make })).rejects.toThrow("refused");
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["kept"]);
  });

  it("takes the place of what a process left that was ended, and of a mode too open", async () => {
    writeFileSync(file, "old", { mode: 0o644 });
    writeFileSync(`${file}.new`, "a longer text, torn", { mode: 0o600 });
    await replaceFile(nodeFiles, file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["kept"]);
  });
});

describe("writePrivate", () => {
  it("makes the folders that are missing, for the owner alone", async () => {
    const deep = join(folder, "a", "b", "key") as FilePath;
    await writePrivate(deep, "secret");
    expect(readFileSync(deep, "utf8")).toBe("secret");
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["key"]);
  });
});

describe("tryWriting", () => {
  it.each(["create", "write", "sync", "close"] as const)(
    "rejects where %s fails, and leaves nothing",
    async (step) => {
      await expect(tryWriting(folder, faulty(step).files)).rejects.toThrow(step);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it("leaves nothing", async () => {
    const { files, steps } = faulty();
    await tryWriting(folder, files);
    expect(steps).toEqual(["create", "write", "sync", "close"]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("makeFile", () => {
  it("makes what is not there, for its owner alone, leaves what is, and nothing beside either", async () => {
    expect(await makeFile(nodeFiles, file, "first")).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await makeFile(nodeFiles, file, "second")).toBe(false);
    expect(readFileSync(file, "utf8")).toBe("first");
    await expect(makeFile(faulty("write").files, file, "third")).rejects.toThrow("write");
    expect(readdirSync(folder)).toEqual(["kept"]);
  });
});
