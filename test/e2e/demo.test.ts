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

/** That these lines are shown in this order, with others between them. */
function expectInOrder({ stdout, stderr }: Ended, places: readonly RegExp[]): void {
  const lines = stdout.split("\n");
  let at = -1;
  for (const place of places) {
    const next = lines.findIndex((line, index) => index > at && place.test(line));
    const shown = `${String(place)} after line ${String(at)} of:\n${stdout}\n${stderr}`;
    expect(next, shown).toBeGreaterThan(at);
    at = next;
  }
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
    expectInOrder(ended, [
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
    ]);
    expect(lines[lines.indexOf("you: good morning") + 1]).toMatch(/^you: !usher/);
    expect(ended.stdout).not.toContain("\u001b");
    expect(ended.code).toBe(0);
  });

  it("R55 has days go by for Usher with /clock: the log goes, what is told of it changes, and Usher answers on", async () => {
    const ended = await demo(
      "!usher add widget https://example.org/board name=Board --yes",
      "/dm",
      "/clock",
      "/clock +1d",
      "privacy retention",
      "/clock yesterday",
      "/clock +15d",
      "privacy retention",
      "/room Demo",
      "!usher list",
    );
    const ran = "that a command ran, .* \\(14 days at most\\)";
    const undo = "what it takes to undo the last changes \\(30 days\\)";
    expectInOrder(ended, [
      /^Usher: Added Board/,
      /^-- for Usher it is 20\d\d-\d\d-\d\d \d\d:\d\d UTC --$/,
      /^-- for Usher it is /,
      /^-- log files that went: none --$/,
      /^-- log files that stayed: bot\/bot-.*ops\/ops-/,
      new RegExp(`^ {2}- ${undo}: 1 day$`),
      new RegExp(`^ {2}- ${ran}: 1 day$`),
      /^How far\? \/clock \+15d /,
      /^-- for Usher it is /,
      /^-- log files that went: bot\/bot-/,
      /^-- log files that stayed: (?!.*bot\/).*ops\/ops-/,
      new RegExp(`^ {2}- ${undo}: 16 days$`),
      new RegExp(`^ {2}- ${ran}: there is none$`),
      /All that was to go by then is gone/,
      /^Usher: Widgets that I added here:/,
    ]);
    expect(ended.stderr).not.toContain("Usher ended by itself");
    expect(ended.code).toBe(0);
  });
});
