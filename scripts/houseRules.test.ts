import { describe, expect, it } from "vitest";
import { deadPathFaults, forbiddenFaults, lengthFaults } from "./houseRules.ts";

describe("forbiddenFaults", () => {
  const faults = (text: string) => forbiddenFaults([{ path: "a.md", text }]).join();

  // Put together here, so that this file holds none of them.
  it.each([
    [["token: sy", "t_dXNoZXI_abcdefghijklmnopqrst_123456"], "access token"],
    [["-----BEGIN PRIVATE", " KEY-----"], "private key"],
    [["see /wo", "rk/main"], "path"],
    [['"/ro', 'ot/.cache"'], "path"],
    [["https://registry.n", "pmjs.org/x"], "registry"],
    [["https://py", "pi.org/x"], "registry"],
  ])("finds %s", (parts, words) => {
    expect(faults(`first\n${parts.join("")}`)).toContain(words);
    expect(faults(`first\n${parts.join("")}`)).toContain("a.md:2");
  });

  it.each([
    "docs/work/",
    "https://example.org/home/page",
    "the root/ of it",
    "$HOME/x",
    "syt_secret",
    "/home/ann/x",
    "a registry.example.org",
  ])("leaves %s alone", (text) => {
    expect(faults(text)).toBe("");
  });
});

describe("deadPathFaults", () => {
  it("finds what pages and comments name and is not there, and lets patterns and tests be", () => {
    const page =
      "See `src/chat/gate.ts`, `src/chat/` and `src/chat/<name>.ts`, not `src/chat/gaet.ts`.";
    const sources = [
      { path: "src/chat/gate.ts", text: "/** As in `docs/gone`. */" },
      { path: "src/chat/gate.test.ts", text: "`src/chat/gone.ts`" },
      { path: "docs/page.md", text: page },
    ];
    expect(deadPathFaults(sources)).toEqual([
      "src/chat/gate.ts names docs/gone, which is not there",
      "docs/page.md names src/chat/gaet.ts, which is not there",
    ]);
  });
});

describe("lengthFaults", () => {
  const file = (lines: number) => [{ path: "src/a.ts", text: "x\n".repeat(lines) }];

  it("finds long files that are not listed, and listed ones that are not long", () => {
    expect(lengthFaults(file(300), {})).toEqual([]);
    expect(lengthFaults(file(301), {}).join()).toContain("301 lines");
    expect(lengthFaults(file(301), { "src/a.ts": "a table" })).toEqual([]);
    expect(lengthFaults(file(1), { "src/a.ts": "a table" }).join()).toContain("is not");
  });
});
