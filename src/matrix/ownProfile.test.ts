import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import type { HomeserverCall } from "./client.ts";
import { furnishProfile } from "./ownProfile.ts";

const me = "@usher:example.org" as UserId;

/** What is written to an account with this profile. */
async function writes(profile: object, anew = true): Promise<readonly string[]> {
  const done: string[] = [];
  const call: HomeserverCall = (method, where, options) => {
    if (method === "GET") return Promise.resolve(profile);
    done.push(`${where.split("/").at(-1) ?? ""} ${JSON.stringify(options?.body ?? "a file")}`);
    return Promise.resolve({ content_uri: "mxc://example.org/picture" });
  };
  await furnishProfile(call, { me, anew }, silentLog);
  return done;
}

describe("Usher's own account", () => {
  const picture = ['upload "a file"', 'avatar_url {"avatar_url":"mxc://example.org/picture"}'];

  it.each([
    [
      "gets a name and a picture where it has neither",
      {},
      ['displayname {"displayname":"Usher"}', ...picture],
    ],
    [
      "gets a name in place of the homeserver's own",
      { displayname: "usher", avatar_url: "mxc://a/b" },
      ['displayname {"displayname":"Usher"}'],
    ],
    ["keeps what is set", { displayname: "Desk", avatar_url: "mxc://a/b" }, []],
    ["gets a picture beside a name that is set", { displayname: "Desk" }, picture],
  ])("%s", async (_, profile, expected) => {
    expect(await writes(profile)).toEqual(expected);
  });

  it("keeps a name like its id when it is not new", async () => {
    expect(await writes({ displayname: "usher", avatar_url: "mxc://a/b" }, false)).toEqual([]);
    expect(await writes({ avatar_url: "mxc://a/b" }, false)).toEqual([
      'displayname {"displayname":"Usher"}',
    ]);
  });

  it("gets a picture where the homeserver keeps names to itself", async () => {
    const done: string[] = [];
    const call: HomeserverCall = (method, where) => {
      if (method === "GET") return Promise.resolve({});
      if (where.endsWith("displayname")) return Promise.reject(new Error("403"));
      done.push(where.split("/").at(-1) ?? "");
      return Promise.resolve({ content_uri: "mxc://example.org/picture" });
    };
    await furnishProfile(call, { me, anew: true }, silentLog);
    expect(done).toEqual(["upload", "avatar_url"]);
  });

  it("is left alone where the homeserver does not let it be changed", async () => {
    const told: string[] = [];
    const log = { ...silentLog, info: ({ what }: { readonly what: string }) => told.push(what) };
    await furnishProfile(() => Promise.reject(new Error("403")), { me, anew: true }, log);
    expect(told).toEqual(["profile.not-set", "profile.not-set"]);
  });
});
