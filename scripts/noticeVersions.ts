import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { loadTemplates, type Templates } from "../src/chat/templates.ts";
import { SECTIONS } from "../src/notice/sections.ts";
import { readWordings, wordingsFile, type Wording } from "../src/notice/wording.ts";
import { ROOT } from "./sources.ts";

/** Where the text of each version of the words is kept for ever. */
const KEPT = "docs/notices";

/** The words of the notice, whoever runs Usher: the source of each of its templates, in the order of the sections. */
export function wordingOf(templates: Templates): string {
  const names = [
    ...SECTIONS.flatMap((name) => [`notice/titles/${name}`, `notice/${name}`]),
    "notice/section",
    "notice/whole",
  ];
  return names.map((name) => `== ${name}\n${templates.get(name) ?? ""}\n`).join("\n");
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * What is wrong with the versions of the words (R10, R82): words that no version has, a version that was changed after it was out, a list that is not
 * in order. `kept`: the text of a version.
 */
export function wordingFaults(
  present: string,
  wordings: readonly [Wording, ...Wording[]],
  kept: (version: number) => string | undefined,
): readonly string[] {
  const [newest] = wordings;
  const changed = wordings.filter(({ version, sha256 }) => hashOf(kept(version) ?? "") !== sha256);
  const unordered = wordings.filter(
    ({ version, date }, index) =>
      version !== wordings.length - index || date > (wordings[index - 1] ?? newest).date,
  );
  return [
    ...(newest.sha256 === hashOf(present)
      ? []
      : [
          'the words of the privacy notice have changed: say what is new with `npm run notice -- "…"`, which makes a version of them',
        ]),
    ...changed.map(
      ({ version }) =>
        `version ${String(version)} of the notice is not what it was (${KEPT}/${String(version)}.txt): what is out never changes`,
    ),
    ...unordered.map(
      ({ version }) => `version ${String(version)} of the notice is out of order in its history`,
    ),
  ];
}

/** What is wrong with those of this checkout. */
export function noticeFaults(): readonly string[] {
  return wordingFaults(wordingOf(loadTemplates()), readWordings("en"), (version) => {
    const path = keptAt(version);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  });
}

function keptAt(version: number): string {
  return `${ROOT}${KEPT}/${String(version)}.txt`;
}

/** Makes a version of the words as they are now. */
async function publish(changed: string, date: string): Promise<string> {
  const text = wordingOf(loadTemplates());
  const before = existsSync(wordingsFile("en")) ? readWordings("en") : [];
  if (before[0]?.sha256 === hashOf(text)) return "The words have not changed.";
  const version = before.length + 1;
  const history = [{ version, date, changed, sha256: hashOf(text) }, ...before];
  mkdirSync(`${ROOT}${KEPT}`, { recursive: true });
  writeFileSync(keptAt(version), text);
  writeFileSync(
    wordingsFile("en"),
    await format(JSON.stringify(history), { parser: "json", printWidth: 100 }),
  );
  return `Version ${String(version)} of the notice: ${changed}`;
}

if (import.meta.main) {
  const changed = process.argv.slice(2).join(" ").trim();
  if (changed === "") {
    console.log('Say what is new in the notice, in one line: npm run notice -- "…"');
    process.exitCode = 1;
  } else console.log(await publish(changed, new Date().toISOString().slice(0, 10)));
}
