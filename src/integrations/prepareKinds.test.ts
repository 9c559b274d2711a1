import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { configSection } from "../config/configSection.ts";
import { ConfigError } from "../config/problems.ts";
import type { KindDefinition, PreparedKind } from "./kind.ts";
import { kindWarnings, prepareKinds } from "./prepareKinds.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-kinds-"));
  writeFileSync(join(folder, "key"), "s3cr3t\n", { mode: 0o600 });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const keyFile = z.string().default("key");
const site = z.string().default("https://notes.example.org");
const NOTES = configSection("notes", z.strictObject({ site, keyFile }).prefault({}));
const SONGS = configSection("songs", z.strictObject({ keyFile }).prefault({}));
const prepared = {} as PreparedKind;
const NOWHERE = {
  homeserver: "none",
  manager: "none",
  integration: "none",
  "third-party": "none",
} as const;

/** A kind that keeps what it is given. */
function kind<S extends object>(
  section: KindDefinition<S>["configSection"],
  given: unknown[],
): KindDefinition<S> {
  return {
    errors: {},
    layers: NOWHERE,
    ...(section === undefined ? {} : { configSection: section }),
    prepare: (own) => {
      given.push(own);
      return prepared;
    },
  };
}

describe("what a kind is told of the configuration", () => {
  it("is its own section and the secrets that this names, and nothing else", () => {
    const given: {
      readonly settings: unknown;
      readonly secrets: { read: (n: string) => unknown };
    }[] = [];
    const notes = { site: "https://notes.example.org", keyFile: "key" };
    const config = { folder, notes, songs: { keyFile: "./key" }, accessToken: "syt_of_usher" };
    expect(prepareKinds([kind(NOTES, given), kind(undefined, given)], config)).toEqual([
      prepared,
      prepared,
    ]);
    expect(given.map(({ settings }) => settings)).toEqual([notes, {}]);
    expect(Object.keys(given[0] ?? {})).toEqual(["settings", "secrets"]);
    expect(given[0]?.secrets.read("key")).toBeDefined();
    expect(given[1]?.secrets.read("key")).toBeUndefined();

    const nosy: KindDefinition<z.infer<typeof SONGS.schema>> = {
      ...kind(SONGS, given),
      // @ts-expect-error -- Usher's own account is no kind's business
      prepare: ({ homeserver }) => homeserver as PreparedKind,
    };
    expect(nosy.configSection).toBe(SONGS);
  });

  it("is refused with one error for all that is wrong, of all kinds", () => {
    const refusing: KindDefinition = {
      errors: {},
      layers: NOWHERE,
      prepare: () => {
        throw new ConfigError(["The third is wrong."]);
      },
    };
    const config = { folder, notes: { keyFile: "none" }, songs: { keyFile: "gone" } };
    expect(() => prepareKinds([kind(NOTES, []), kind(SONGS, []), refusing], config)).toThrow(
      expect.objectContaining({
        problems: [
          expect.stringContaining("notes.keyFile") as string,
          expect.stringContaining("songs.keyFile") as string,
          "The third is wrong.",
        ],
      }),
    );
  });
});

describe("what of a kind's configuration should be looked at", () => {
  it("is a file with a secret that others on the machine can read", () => {
    const config = { folder, notes: { keyFile: "key" }, songs: { keyFile: "gone" } };
    const kinds = [kind(NOTES, []), kind(SONGS, []), kind(undefined, [])];
    expect(kindWarnings(kinds, config)).toEqual([]);
    chmodSync(join(folder, "key"), 0o644);
    expect(kindWarnings(kinds, config)).toEqual([
      `${join(folder, "key")} holds a secret, and others on this machine can read it: chmod 600 it.`,
    ]);
  });
});
