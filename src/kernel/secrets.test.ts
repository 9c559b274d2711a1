import { describe, expect, it } from "vitest";
import { covered, isSecretName, parametersOf } from "./secrets.ts";

describe("secrets in addresses", () => {
  it.each([
    "jwt",
    "access_token",
    "scalar_token",
    "token_auth",
    "api_key",
    "apikey",
    "API-Key",
    "sig",
    "password",
    "X-Amz-Signature",
    "jsessionid",
    "user[password]",
  ])("are known by the name %s", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    "v",
    "t",
    "list",
    "gid",
    "key",
    "resourcekey",
    "author",
    "design",
    "passage",
    "sessions",
  ])("are not seen in %s", (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it.each([
    ["https://x.example/?a=1&jwt=2#b=3&sig=4", ["a", "jwt", "b", "sig"]],
    ["https://x.example/room/#/name?roomId=1&password=2", ["roomId", "password"]],
    ["https://x.example/a;jsessionid=1/b;c=2?d=3", ["jsessionid", "c", "d"]],
    ["https://x.example/#top", []],
    [
      "https://x.example/?next=https%3A%2F%2Fy.example%2F%3Faccess_token%3Dabc#to=https%3A%2F%2Fz.example%2F%23jwt%3D1",
      ["next", "access_token", "to", "jwt"],
    ],
  ])("are looked for in query and fragment of %s", (url, names) => {
    expect(parametersOf(new URL(url))).toEqual(names);
  });

  it("are covered letter by letter, so that a mark beneath stays where it is", () => {
    expect(covered("https://x.example/a;jsessionid=12 /?user[password]=abc")).toBe(
      "https://x.example/a;jsessionid=•• /?user[password]=•••",
    );
    expect(covered("add https://me:pw@x.example/?v=1&access_token=abc#jwt=de end")).toBe(
      "add https://•••••@x.example/?v=1&access_token=•••#jwt=•• end",
    );
  });
});
