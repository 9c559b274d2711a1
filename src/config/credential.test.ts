import { describe, expect, it } from "vitest";
import type { ConfigFiles } from "./configFiles.ts";
import { credentialOf } from "./credential.ts";

const PATH = "/etc/usher/config.json";
const SERVER = { url: "https://matrix.example.org", userId: "@usher:example.org" };

/** Files that everybody may read, and a secret that nobody may. */
const files: ConfigFiles = {
  read: (path) => {
    if (path.endsWith("closed")) throw Object.assign(new Error("no"), { code: "EACCES" });
    return "tok\n";
  },
  mode: () => 0o644,
  exists: () => true,
};

describe("what Usher proves itself with", () => {
  it("is a token in a file beside the configuration", () => {
    const found = credentialOf({ ...SERVER, accessTokenFile: "token" }, PATH, true, files);
    expect(found).toEqual({
      credential: { kind: "token", accessToken: "tok" },
      problems: [],
      warnings: [expect.stringMatching(/^\/etc\/usher\/token holds the access token, /)],
    });
  });

  it("cannot be a file that cannot be read", () => {
    expect(credentialOf({ ...SERVER, accessTokenFile: "closed" }, PATH, true, files)).toEqual({
      problems: [
        "/etc/usher/closed, named by homeserver.accessTokenFile, cannot be read (EACCES).",
      ],
      warnings: [],
    });
  });

  it("from the environment alone is in no file that others could read", () => {
    const given = { ...SERVER, accessToken: "tok" };
    expect(credentialOf(given, PATH, false, files).warnings).toEqual([]);
    expect(credentialOf(given, PATH, true, files).warnings).toHaveLength(1);
  });
});
