import { describe, expect, it } from "vitest";
import { logNameFaults } from "./logNames.ts";

describe("log lines", () => {
  const source = {
    path: "src/a.ts",
    text: 'log.warn({ what: bad ? "sync.failed" : "sync.gap", code: "x.y" });\n  what: "room.failed",',
  };
  const page = (...names: readonly string[]) => ({
    path: "docs/running.md",
    text:
      "| `config.json` | … |\n## What the log says\n" +
      names.map((name) => `| \`${name}\` | … |`).join("\n"),
  });

  it("are all explained to operators", () => {
    expect(logNameFaults([source, page("sync.failed", "room.failed", "x.y")])).toEqual([
      'docs/running.md does not say what the log line "sync.gap" means',
    ]);
  });

  it("that nothing writes are not explained", () => {
    expect(
      logNameFaults([source, page("sync.failed", "sync.gap", "room.failed", "x.y", "sync.gone")]),
    ).toEqual(['docs/running.md explains "sync.gone", which nothing logs']);
  });
});
