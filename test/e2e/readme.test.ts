import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const README = join(ROOT, "README.md");
/** Each transcript in the README, in order. */
const BLOCKS = /(<!-- transcript:[^]*?```text\n)([^]*?)(```)/g;

/** What is typed next, once `until` of the one before has been shown; the demo is ended once the last of them has. */
interface Step {
  readonly lines: (found: readonly string[]) => readonly string[];
  readonly until: RegExp;
}

/** What begins the second transcript, which is the end of the same run as the first. */
const SECOND = "you: privacy\n";
const TALK: readonly Step[] = [
  {
    lines: () => [
      ...["!usher add widget jitsi name=Meeting", "yes"],
      ...["!usher add widget etherpad name=Agenda", "yes"],
      ...["!usher add bot poll", "yes"],
      ...["!usher pin etherpad --yes", "!usher list"],
      ...["/dm", "privacy", "privacy data here", "privacy export here"],
      "privacy erase all now here",
    ],
    // The word that confirms an erasure is in the answer that asks for it.
    until: /say `(confirm [a-z]+)`/,
  },
  { lines: ([, confirm = ""]) => [confirm], until: /privacy receipt [0-9a-f]+ [0-9a-f]+/ },
];
const BRIDGED: readonly Step[] = [
  {
    lines: () => ["/peers", "!usher add bridge irc #demo", "yes", "hello from Matrix"],
    until: /\(IRC #demo\) .*hello from Matrix/,
  },
  { lines: () => ["/irc hello from IRC"], until: /ada:home\.test: hello from IRC/ },
];
const STUCK: readonly Step[] = [
  {
    lines: () => [
      ...["!usher stickers new Faces --yes", "/send assets/usher.png"],
      ...["/reply !usher stickers add usher", "!usher sticker usher"],
    ],
    until: /\[sticker: usher\]/,
  },
];
/** What begins the fourth. */
const FOURTH = "you: !usher stickers new";
/** What begins the third: before it stands what every demo begins with. */
const THIRD = "-- an IRC server";

/** Ids come from event ids, days go by, and a slow machine has Usher say that it is working: none of it is what the transcript is about. */
function masked(text: string): string {
  return (
    text
      .replaceAll("Usher (edited): ", "Usher: ")
      .replaceAll(/^Usher: I am working on it.*…\n/gm, "")
      // Usher's own reactions come and go beside what is said.
      .replaceAll(/^ *\* Usher (?:reacted|removed a reaction).*\n/gm, "")
      // So do the bridge's people.
      .replaceAll(/^ *\* @.*\n/gm, "")
      .replaceAll(/\b([a-z]+)-[a-z0-9]{5,6}\b/g, "$1-······")
      .replaceAll(/(?<=Jitsi|\/p\/)[a-z]{24}\b/g, "······")
      .replaceAll(/(?<=usher-demo-file-)\w+/g, "······")
      .replaceAll(/(?<=mxc:\/\/home\.test\/)\w+/g, "······")
      .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, "DATE")
      .replaceAll(/\b\d\d:\d\d (UTC|\(UTC\))/g, "TIME")
      .replaceAll(/\b(confirm) [a-z]{12}\b/g, "$1 ······")
      .replaceAll(/\b[0-9a-f]{12}\b( [0-9a-f]{32})?/g, "······")
  );
}

/** What a run of the demo shows. */
function demo(steps: readonly Step[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, "scripts/run.mjs"), "demo"],
      (error, stdout) => {
        if (error === null) resolve(stdout.trimEnd());
        else reject(new Error(error.message));
      },
    );
    let shown = "";
    let place = 0;
    const type = (found: readonly string[]): void => {
      const lines = steps[place]?.lines(found);
      if (lines === undefined) child.stdin?.end();
      else child.stdin?.write(lines.map((line) => `${line}\n`).join(""));
    };
    child.stdout?.on("data", (text: string) => {
      shown += text;
      const found = steps[place]?.until.exec(shown);
      if (found === undefined || found === null) return;
      place += 1;
      type(found);
    });
    type([]);
  });
}

// `UPDATE_README=1 npx vitest run --project e2e test/e2e/readme.test.ts` writes it anew.
it("the README's transcripts are what the demo shows", async () => {
  const [run, bridged, stuck] = [await demo(TALK), await demo(BRIDGED), await demo(STUCK)];
  const middle = run.indexOf(SECOND);
  const shown = [
    ...[run.slice(0, middle), run.slice(middle)],
    bridged.slice(bridged.indexOf(THIRD)),
    stuck.slice(stuck.indexOf(FOURTH)),
  ].map((one) => one.trimEnd());
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
