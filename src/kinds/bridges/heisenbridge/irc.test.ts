import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../../test/harness/sentenceOf.ts";
import { ircTarget, isPlumbed, serverOf } from "./irc.ts";

describe("a channel", () => {
  it.each([
    [["libera", "#Chan"], ["libera", "oftc"], { network: "libera", channel: "#chan" }],
    [["LIBERA", "chan"], ["libera", "oftc"], { network: "libera", channel: "#chan" }],
    [["&local"], ["libera"], { network: "libera", channel: "&local" }],
    [["##politics"], ["libera"], { network: "libera", channel: "##politics" }],
  ] as const)("%j where there are %j", (words, networks, target) => {
    expect(ircTarget("irc", words, networks)).toEqual(target);
  });

  it.each([
    [["#chan"], ["libera", "oftc"]],
    [
      ["other", "#chan"],
      ["libera", "oftc"],
    ],
    [["libera"], ["libera", "oftc"]],
    [[], ["libera"]],
    [["libera", "#a;QUIT"], ["libera"]],
    [["libera", "-all"], ["libera"]],
    [["libera", "#a", "key"], ["libera"]],
    [["libera", `#${"a".repeat(60)}`], ["libera"]],
  ])("%j where there are %j is none, and it is told what is expected", async (words, networks) => {
    const attempt = Promise.try(() => ircTarget("irc", words, networks));
    expect(await refusalOf(attempt)).toContain("add bridge irc libera #example");
  });

  it("is in a list of plumbed ones as a whole", () => {
    expect(isPlumbed("#one, #TWO", "#two")).toBe(true);
    expect(isPlumbed("#one, #twofold", "#two")).toBe(false);
  });
});

describe("a server", () => {
  it.each([
    ["irc.libera.chat:6697+tls", { host: "irc.libera.chat", port: "6697", tls: true }],
    ["[::1]:6667", { host: "[::1]", port: "6667", tls: false }],
  ])("%s", (written, read) => {
    expect(serverOf(written)).toEqual(read);
  });
});

it.each(["#de\\mo", "#x'y", '#"z"'])(
  "%s is refused: the bridge's parser would make another channel of it",
  (channel) => {
    expect(() => ircTarget("irc", ["libera", channel], ["libera"])).toThrow("bridge-target-irc");
  },
);
