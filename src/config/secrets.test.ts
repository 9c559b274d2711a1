import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { z } from "zod";
import { createLog } from "../kernel/log.ts";
import { configSection } from "./configSection.ts";
import { secretsOf, secretWarnings, type Secrets } from "./secrets.ts";

const SECTION = configSection("notes", z.looseObject({}).prefault({}));

describe("a kind's secrets", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "usher-secrets-"));
    writeFileSync(join(folder, "key"), "  s3cr3t-words\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const secrets = (notes: object): Secrets => secretsOf(SECTION, { folder, ...{ notes } });

  it("are read from the files that its own section names, anew each time", () => {
    const given = secrets({ keyFile: "./key", otherFile: undefined, name: "key" });
    expect(given.read("key")?.reveal()).toBe("s3cr3t-words");
    expect(given.read("other")).toBeUndefined();
    expect(given.read("homeserver.accessToken")).toBeUndefined();
    writeFileSync(join(folder, "key"), "changed");
    expect(given.read("key")?.reveal()).toBe("changed");
  });

  it("are found in settings within settings, by both names", () => {
    const given = secrets({ peer: { keyFile: "key", user: "admin" } });
    expect(given.read("peer.key")?.reveal()).toBe("s3cr3t-words");
    expect(given.read("key")).toBeUndefined();
  });

  it("are found in the entries of lists, by the entry's id, or by its place where it has none", () => {
    writeFileSync(join(folder, "other"), "other-words");
    const given = secrets({
      list: [
        { id: "one", peer: { keyFile: "key" } },
        { peer: { keyFile: "other" } },
        { id: "three" },
        "keyFile",
      ],
    });
    expect(given.read("list[one].peer.key")?.reveal()).toBe("s3cr3t-words");
    expect(given.read("list[1].peer.key")?.reveal()).toBe("other-words");
    for (const name of ["list[0].peer.key", "list[three].peer.key", "peer.key"])
      expect(given.read(name)).toBeUndefined();
  });

  it("of a list's entry that cannot be read, or that others can, are told with the entry's id", () => {
    const notes = {
      list: [
        { id: "one", keyFile: "key" },
        { id: "two", keyFile: "none" },
      ],
    };
    expect(() => secrets(notes)).toThrow(
      expect.objectContaining({
        problems: [
          `${join(folder, "none")}, named by notes.list[two].keyFile, cannot be read (ENOENT).`,
        ],
      }),
    );
    chmodSync(join(folder, "key"), 0o644);
    expect(secretWarnings(SECTION, { folder, ...{ notes } })).toEqual([
      `${join(folder, "key")} holds a secret, and others on this machine can read it: chmod 600 it.`,
    ]);
  });

  it("that cannot be read end the start with a sentence for each, and later say which setting it is", () => {
    writeFileSync(join(folder, "two"), "two words");
    writeFileSync(join(folder, "empty"), "\n");
    expect(() => secrets({ aFile: "none", bFile: "two", cFile: "empty", dFile: "key" })).toThrow(
      expect.objectContaining({
        name: "ConfigError",
        problems: [
          `${join(folder, "none")}, named by notes.aFile, cannot be read (ENOENT).`,
          `${join(folder, "two")}, named by notes.bFile, must hold a secret and nothing else.`,
          `${join(folder, "empty")}, named by notes.cFile, must hold a secret and nothing else.`,
        ],
      }),
    );
    const given = secrets({ keyFile: "key" });
    rmSync(join(folder, "key"));
    expect(() => given.read("key")).toThrow(
      expect.objectContaining({ code: "secret-unreadable", view: { setting: "notes.keyFile" } }),
    );
    expect(sentenceOf(caught(() => given.read("key")))).toContain(
      "look at the setting `notes.keyFile`",
    );
  });

  it("show themselves to nobody who does not ask", () => {
    const secret = secrets({ keyFile: "key" }).read("key");
    const lines: string[] = [];
    const log = createLog("info", { write: (line) => void lines.push(line) });
    log.error({ class: "ops", what: String(secret), code: secret as never });
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true }),
      inspect(new Error("x", { cause: secret })),
      Object.values(secret ?? {}).join(" "),
      ...lines,
    ];
    for (const text of shown) expect(text).not.toContain("s3cr3t");
    expect(shown[1]).toBe('{"secret":"[hidden]"}');
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
