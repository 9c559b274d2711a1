import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { HomeserverError } from "./errors.ts";
import { identityOf } from "./masterKey.ts";

const user = "@ann:example.org" as UserId;
const key = { user_id: user, usage: ["master"], keys: { "ed25519:abc": "abc" } };

describe("who somebody is by their cross-signing", () => {
  it.each<[string, object, object]>([
    ["has a key", { master_keys: { [user]: key } }, { is: "known", masterKey: "abc" }],
    ["has none", { master_keys: {} }, { is: "none" }],
    ["is on a homeserver that tells of none", {}, { is: "none" }],
    [
      "is on a server that does not answer",
      { master_keys: {}, failures: { "example.org": {} } },
      { is: "unreachable" },
    ],
    [
      "has the key of somebody else",
      { master_keys: { [user]: { ...key, user_id: "@bob:example.org" } } },
      { is: "none" },
    ],
    [
      "has a key for something else",
      { master_keys: { [user]: { ...key, usage: ["self_signing"] } } },
      { is: "none" },
    ],
    ["has a key of no shape", { master_keys: { [user]: { ...key, keys: 7 } } }, { is: "none" }],
    [
      "has a key of another make",
      { master_keys: { [user]: { ...key, keys: { "rsa:abc": "abc" } } } },
      { is: "none" },
    ],
  ])("where the person %s", async (_, answer, expected) => {
    const asked: unknown[] = [];
    const found = await identityOf((...call) => {
      asked.push(call);
      return Promise.resolve(answer);
    }, user);
    expect(found).toEqual(expected);
    const body = { device_keys: { [user]: [] }, timeout: 10_000 };
    expect(asked).toEqual([["POST", "/_matrix/client/v3/keys/query", { body }]]);
  });

  it("is not told where the homeserver refuses", async () => {
    const refused = new HomeserverError({ kind: "answered", status: 429 });
    await expect(identityOf(() => Promise.reject(refused), user)).rejects.toBe(refused);
  });
});
