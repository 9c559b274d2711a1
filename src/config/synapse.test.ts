import { describe, expect, it } from "vitest";
import type { ConfigFiles } from "./configFiles.ts";
import { configSchema } from "./schema.ts";
import { synapseOf } from "./synapse.ts";

const SECRET = "s".repeat(32);
const found = (settings: object, mode = 0o600): ReturnType<typeof synapseOf> => {
  const contents: Readonly<Record<string, string>> = {
    "/etc/usher/token": "admin-token\n",
    "/etc/usher/secret": `${SECRET}\n`,
    "/etc/usher/short": "short",
  };
  const files: ConfigFiles = {
    read: (path) => {
      const text = contents[path];
      if (text === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
      return text;
    },
    mode: () => mode,
    exists: (path) => contents[path] !== undefined,
  };
  const checked = configSchema.shape.synapse.parse(settings);
  return synapseOf(checked, "/etc/usher/config.json", files);
};

describe("R26 how Usher learns of deactivated accounts", () => {
  it("is not at all, where nothing is said", () => {
    expect(found({})).toEqual({ synapse: {}, problems: [], warnings: [] });
  });

  it("is the admin API, with the token from its file, and the module, on this machine alone", () => {
    const { synapse, problems } = found({
      adminUrl: "http://127.0.0.1:8008/",
      adminTokenFile: "token",
      moduleSecretFile: "secret",
    });
    expect(problems).toEqual([]);
    expect(synapse.admin?.url).toBe("http://127.0.0.1:8008");
    expect(synapse.admin?.token.reveal()).toBe("admin-token");
    expect(synapse.module).toMatchObject({ host: "127.0.0.1", port: 8480 });
    expect(synapse.module?.secret.reveal()).toBe(SECRET);
    expect(JSON.stringify(synapse)).not.toContain(SECRET);
  });

  it.each<[string, object, RegExp]>([
    ["an address without a token", { adminUrl: "http://h" }, /adminTokenFile are of use only tog/],
    ["a token without an address", { adminTokenFile: "token" }, /are of use only together/],
    [
      "a file that is not there",
      { adminUrl: "http://h", adminTokenFile: "none" },
      /\/etc\/usher\/none, named by synapse.adminTokenFile, cannot be read \(ENOENT\)/,
    ],
    ["a short secret", { moduleSecretFile: "short" }, /32 characters long at least/],
  ])("is refused at the start with %s", (_, settings, problem) => {
    expect(found(settings).problems).toEqual([expect.stringMatching(problem)]);
  });

  it("is warned of where others on the machine can read a secret", () => {
    expect(found({ moduleSecretFile: "secret" }, 0o644).warnings).toEqual([
      expect.stringContaining("holds the secret of the module"),
    ]);
  });
});
