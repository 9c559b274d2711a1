import { NOTE } from "./documents.ts";
import { projectSources, type Source } from "./sources.ts";

/** Which requirements come with what is not built yet, by what that is. */
const LATER: Readonly<Record<string, readonly number[]>> = {
  "the web pages": [12, 59, 60, 61],
  "sticker packs": [20, 49, 53, 58],
};

export interface Requirement {
  readonly id: string;
  readonly text: string;
  /** The files with tests whose names begin with its number. */
  readonly tests: readonly string[];
  /** With what it comes, where nothing tests it yet. */
  readonly later: string | undefined;
}

/** A line of docs/requirements.md. */
const LINE = /^\| (R\d+)\s*\| (.*?)\s*\|/gm;
/** What a test or a group of them is called, where that begins with requirements: `R31, R38 an export …`; what `each` or `skipIf` is given stands before it. */
const NAME =
  /\b(?:describe|it|test)(?:\.\w+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\(\s*["'`]((?:R\d+[,:]?\s+)+)/g;

/** Each requirement, with the tests that name it. */
export function privacyCoverage(
  requirements: string,
  sources: readonly Source[],
): readonly Requirement[] {
  const named = sources
    .filter(({ path }) => path.endsWith(".test.ts"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(NAME)].flatMap(([, ids = ""]) =>
        (ids.match(/R\d+/g) ?? []).map((id) => ({ id, path })),
      ),
    );
  return [...requirements.matchAll(LINE)].map(([, id = "", text = ""]) => {
    const tests = [...new Set(named.filter((one) => one.id === id).map(({ path }) => path))];
    const [later] =
      Object.entries(LATER).find(([, ids]) => ids.includes(Number(id.slice(1)))) ?? [];
    return { id, text, tests: tests.toSorted(), later: tests.length === 0 ? later : undefined };
  });
}

/** `docs/privacy-coverage.md`. */
export function renderCoverage(coverage: readonly Requirement[]): string {
  const { tested, later, missing } = counts(coverage);
  return [
    "# Coverage of the requirements",
    NOTE,
    "Which tests name which requirement of [requirements.md](requirements.md). A test that names one shows a part of it; what it shows, its file says. What is missing is work to be done.",
    `Tested: ${String(tested)}. Coming with something else: ${String(later)}. Missing: ${String(missing)}.`,
    [
      "| requirement | state | tests |",
      "| --- | --- | --- |",
      ...coverage.map(
        (one) =>
          `| ${one.id} | ${stateOf(one)} | ${one.tests.map((path) => `\`${path}\``).join(", ")} |`,
      ),
    ].join("\n"),
  ].join("\n\n");
}

function stateOf({ tests, later }: Requirement): string {
  if (tests.length > 0) return "tested";
  return later === undefined ? "missing" : `with ${later}`;
}

function counts(
  coverage: readonly Requirement[],
): Readonly<Record<"tested" | "later" | "missing", number>> {
  const tested = coverage.filter(({ tests }) => tests.length > 0).length;
  const later = coverage.filter((one) => one.later !== undefined).length;
  return { tested, later, missing: coverage.length - tested - later };
}

if (import.meta.main) {
  const sources = projectSources();
  const text = sources.find(({ path }) => path === "docs/requirements.md")?.text ?? "";
  const coverage = privacyCoverage(text, sources);
  for (const one of coverage)
    console.log(`${one.id.padEnd(4)} ${stateOf(one).padEnd(40)} ${one.text}`);
  const { tested, later, missing } = counts(coverage);
  console.log(`\n${String(tested)} tested, ${String(later)} later, ${String(missing)} missing`);
  process.exitCode = missing === 0 ? 0 : 1;
}
