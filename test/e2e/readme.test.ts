import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const README = join(ROOT, "README.md");
/** Each transcript in the README, in order. */
const BLOCKS = /(<!-- transcript:[^]*?```text\n)([^]*?)(```)/g;

/** What is typed to make them, each a part of one run of the demo. */
const TYPED = [
  [
    "!usher add widget jitsi name=Meeting",
    "yes",
    "!usher add widget etherpad name=Agenda",
    "yes",
    "!usher add bot poll",
    "yes",
    "!usher pin etherpad --yes",
    "!usher list",
  ],
  ["/dm", "privacy", "privacy data here", "privacy export here", "privacy erase all now here"],
];
/** What begins the second one. */
const SECOND = "you: privacy\n";
/** The word that confirms an erasure is in the answer that asks for it. */
const ASKED = /say `(confirm [a-z]+)`/;
const DONE = /privacy receipt [0-9a-f]+ [0-9a-f]+/;

/** Ids come from event ids, days go by, and a slow machine has Usher say that it is working: none of it is what the transcript is about. */
function masked(text: string): string {
  return (
    text
      .replaceAll("Usher (edited): ", "Usher: ")
      .replaceAll(/^Usher: I am working on it.*…\n/gm, "")
      // Usher's own reactions come and go beside what is said.
      .replaceAll(/^ *\* Usher (?:reacted|removed a reaction).*\n/gm, "")
      .replaceAll(/\b([a-z]+)-[a-z0-9]{6}\b/g, "$1-······")
      .replaceAll(/(?<=Jitsi|\/p\/)[a-z]{24}\b/g, "······")
      .replaceAll(/(?<=usher-demo-file-)\w+/g, "······")
      .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, "DATE")
      .replaceAll(/\b\d\d:\d\d (UTC|\(UTC\))/g, "TIME")
      .replaceAll(/\b(confirm) [a-z]{12}\b/g, "$1 ······")
      .replaceAll(/\b[0-9a-f]{12}\b( [0-9a-f]{32})?/g, "······")
  );
}

/** What a run of the demo shows. */
function demo(): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, "scripts/run.mjs"), "demo"],
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(error.message));
      },
    );
    const type = (lines: readonly string[]): void => {
      child.stdin?.write(lines.map((line) => `${line}\n`).join(""));
    };
    let [shown, confirmed] = ["", false];
    child.stdout?.on("data", (text: string) => {
      shown += text;
      const asked = ASKED.exec(shown)?.[1];
      if (asked !== undefined && !confirmed) {
        confirmed = true;
        type([asked]);
      }
      if (DONE.test(shown)) child.stdin?.end();
    });
    type(TYPED.flat());
  });
}

// `UPDATE_README=1 npx vitest run --project e2e test/e2e/readme.test.ts` writes it anew.
it("the README's transcripts are what the demo shows", async () => {
  const run = (await demo()).trimEnd();
  const middle = run.indexOf(SECOND);
  const shown = [run.slice(0, middle), run.slice(middle)].map((one) => one.trimEnd());
  const readme = readFileSync(README, "utf8");
  if (process.env["UPDATE_README"] === "1") {
    const next = [...shown];
    writeFileSync(
      README,
      readme.replace(
        BLOCKS,
        (_, before: string, __, after: string) => `${before}${next.shift() ?? ""}\n${after}`,
      ),
    );
  }
  const written = [...readFileSync(README, "utf8").matchAll(BLOCKS)].map((block) => block[2] ?? "");
  expect(written.map((one) => masked(one.trimEnd()))).toEqual(shown.map(masked));
});
