import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const README = join(ROOT, "README.md");
const BLOCK = /(<!-- transcript:[^]*?```text\n)([^]*?)(```)/;

/** What is typed to make the transcript. */
const TYPED = [
  "!usher add widget jitsi name=Meeting",
  "yes",
  "!usher add widget etherpad name=Agenda",
  "yes",
  "!usher add bot poll",
  "yes",
  "!usher pin etherpad --yes",
  "!usher list",
];

/** Ids come from event ids, and days go by: neither is what the transcript is about. */
function masked(text: string): string {
  return text
    .replaceAll(/\b([a-z]+)-[a-z0-9]{6}\b/g, "$1-······")
    .replaceAll(/(?<=Jitsi|\/p\/)[a-z]{24}\b/g, "······")
    .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, "DATE");
}

function demo(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, "scripts/run.mjs"), "demo"],
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(error.message));
      },
    );
    child.stdin?.end(lines.map((line) => `${line}\n`).join(""));
  });
}

// `UPDATE_README=1 npx vitest run --project e2e test/e2e/readme.test.ts` writes it anew.
it("the README's transcript is what the demo shows", async () => {
  const shown = (await demo(TYPED)).trimEnd();
  const readme = readFileSync(README, "utf8");
  if (process.env["UPDATE_README"] === "1")
    writeFileSync(
      README,
      readme.replace(
        BLOCK,
        (_, before: string, __, after: string) => `${before}${shown}\n${after}`,
      ),
    );
  const written = BLOCK.exec(readFileSync(README, "utf8"))?.[2] ?? "";
  expect(masked(written.trimEnd())).toBe(masked(shown));
});
