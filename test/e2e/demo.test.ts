import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo as a newcomer would with a pipe: through the task runner, on whatever Node is at hand. */
function demo(...lines: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, "scripts/run.mjs"), "demo"],
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end(lines.map((line) => `${line}\n`).join(""));
  });
}

describe("npm run demo, through a pipe", () => {
  it("says each line when the one before is answered, and shows what a client would", async () => {
    const ended = await demo(
      "good morning",
      "!usher add widget https://example.org/board name=Board",
      "yes",
      "/as bob",
      "!usher add widget https://example.org/other",
      "/dm",
      "help",
      "privacy export here",
      "/as you",
      "/level Usher 0",
      "/nonsense",
    );
    expect(ended.stderr).not.toContain("Usher ended by itself");
    const lines = ended.stdout.split("\n");
    const places = [
      /^\* Usher joined$/,
      /^Usher: Hello, I am Usher, a bot/,
      /^you: good morning$/,
      /^you: !usher add widget/, // straight after: nothing answers a line that is not for Usher
      /^Usher: .*Board/,
      /^you: yes$/,
      /^\* state: im\.vector\.modular\.widgets \[.+\] by Usher: \{.*"url":"https:\/\/example\.org\/board"/,
      /^Usher: .*Board/,
      /^\* bob joined$/,
      /^bob: !usher add widget/,
      /^Usher: .*power 50.*0/,
      /^bob: help$/,
      /^Usher: /,
      /^bob: privacy export here$/,
      /^Usher: usher-data-\S+\.zip$/,
      /^-- saved: \/\S+\.zip --$/,
      /^\* state: m\.room\.power_levels by you: users\.@usher\S*:\S+ 50 → 0$/,
      /^There is no \/nonsense\./,
    ];
    let at = -1;
    for (const place of places) {
      const next = lines.findIndex((line, index) => index > at && place.test(line));
      expect(
        next,
        `${String(place)} after line ${String(at)} of:\n${ended.stdout}\n${ended.stderr}`,
      ).toBeGreaterThan(at);
      at = next;
    }
    expect(lines[lines.indexOf("you: good morning") + 1]).toMatch(/^you: !usher/);
    expect(ended.stdout).not.toContain("\u001b");
    expect(ended.code).toBe(0);
  });
});
