import { describe, expect, it } from "vitest";
import { HELP, parseLine } from "./line.ts";

describe("a line typed in the demo", () => {
  it.each([
    ["!usher help", { kind: "say", body: "!usher help" }],
    ["//shrug", { kind: "say", body: "/shrug" }],
    ["/dm", { kind: "dm" }],
    [" /quit ", { kind: "quit" }],
    ["/room Book club", { kind: "room", name: "Book club" }],
    ["/as Bob", { kind: "as", name: "bob" }],
    ["/as @bob", { kind: "as", name: "bob" }],
    ["/level Usher 0", { kind: "level", name: "usher", level: 0 }],
    ["/level bob -1", { kind: "level", name: "bob", level: -1 }],
    ["/react ✅", { kind: "react", emoji: "✅" }],
    ["/send my pictures/cat.png", { kind: "send", path: "my pictures/cat.png" }],
    ["/reply !usher stickers add cat", { kind: "reply", body: "!usher stickers add cat" }],
    ["/clock", { kind: "clock", aheadMs: 0 }],
    ["/clock +15d", { kind: "clock", aheadMs: 15 * 86_400_000 }],
    ["/clock +36h", { kind: "clock", aheadMs: 36 * 3_600_000 }],
    ["   ", { kind: "nothing" }],
  ])("%j asks for %j", (text, line) => {
    expect(parseLine(text)).toEqual(line);
  });

  it.each([
    "/room",
    "/as",
    "/as bob alice",
    "/as b!b",
    "/level bob",
    "/level bob high",
    "/level bob 1 2",
    "/send",
    "/reply",
    "/react",
    "/clock 15d",
    "/clock -15d",
    "/clock +15",
    "/clock +0d",
    "/clock +1000d",
    "/clock +1d +1d",
    "/clock tomorrow",
    "/nonsense",
  ])("%j is answered with what would be right", (text) => {
    expect(parseLine(text)).toMatchObject({
      kind: "wrong",
      sentence: expect.stringMatching(/\/[a-z]+/) as string,
    });
  });

  it("is explained by /help, every kind of it", () => {
    for (const word of [
      "/dm",
      "/room",
      "/as",
      "/level",
      "/react",
      "/send",
      "/reply",
      "/clock",
      "/help",
      "/quit",
    ])
      expect(HELP).toContain(word);
  });
});
