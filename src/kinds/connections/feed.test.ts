import { describe, expect, it } from "vitest";
import { UsherError } from "../../kernel/errors.ts";
import { connectionEntries, offeredEntry } from "./entries.ts";
import { feedTarget } from "./feed.ts";
import { hookshotSettings } from "./settings.ts";

describe("a feed", () => {
  it.each([
    ["https://news.example.org/a", undefined, "news.example.org"],
    ["https://news.example.org/a?b=c", "Our news", "Our news"],
    // What would end the label in a command.
    ["https://news.example.org/", 'a" b \\', "a' b '"],
  ])("at %s, called %s, is %s", (url, label, name) => {
    const { key, name: called } = feedTarget(new URL(url), label);
    expect([key, called]).toEqual([new URL(url).href, name]);
  });

  it.each([
    "https://localhost/feed",
    "https://127.0.0.1/feed",
    "https://[::1]/feed",
    "https://192.168.1.1/feed",
    "https://me:word@example.org/feed",
    "https://example.org/feed#part",
    `https://example.org/${"a".repeat(250)}`,
  ])("is never %s", (url) => {
    expect(() => feedTarget(new URL(url), undefined)).toThrow(UsherError);
  });
});

describe("what can be added", () => {
  it("is nothing without a hookshot, and nothing that operators have switched off", () => {
    expect(connectionEntries(undefined)).toEqual([]);
    expect(() => offeredEntry([], "feed")).toThrow(
      expect.objectContaining({ code: "hookshot-none" }),
    );
    const settings = hookshotSettings.parse({ bot: "@hookshot:example.org" });
    const [feed] = connectionEntries(settings);
    expect(feed).toMatchObject({ id: "feed", price: "free", host: { by: "operator" } });
    const off = connectionEntries(settings).map((entry) => ({ ...entry, enabled: false }));
    expect(() => offeredEntry(off, "feed")).toThrow(
      expect.objectContaining({ code: "hookshot-disabled" }),
    );
  });
});
