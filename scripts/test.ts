import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTemplates } from "../src/chat/templates.ts";
import { SetupFault } from "../test/harness/fault.ts";
import { prepareSynapse } from "../test/harness/synapse.ts";
import {
  failuresOfReport,
  sentence,
  skippedOfReport,
  slowest,
  sum,
  tallyOfCheck,
  tallyOfReport,
  timesOfReport,
  type FileTime,
  type Tally,
} from "./tally.ts";
import { saidIn, unsaidSentences } from "./unsaidSentences.ts";

/**
 * Every test there is: the checks, the unit tests, the thorough ones, and the end-to-end tests on a real Synapse. At the end stand what failed, what was skipped and the
 * files that took longest, and in the last line on standard output `N passed, N failed`, over all. Arguments are vitest's (a path, `-t`), and leave out the checks.
 */
const ROOT = join(import.meta.dirname, "..");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

const times: FileTime[] = [];
/** What failed, in words: a long run's output is often kept by its end alone. */
const failures: string[] = [];
/** What was not tried, by name: a peer that is not here, for one. */
const skipped: string[] = [];

async function check(): Promise<Tally> {
  console.log("\nChecks");
  const child = spawn(process.execPath, [join(ROOT, "scripts/check.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) failures.push(...output.split("\n").filter((line) => line.startsWith("FAILED")));
  return tallyOfCheck(output, code ?? 1);
}

async function vitest(project: string, filters: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "usher-report-"));
  const file = join(folder, "report.json");
  try {
    const reporters = [
      "--reporter=default",
      `--reporter=${join(ROOT, "scripts/failuresAtOnce.ts")}`,
      "--reporter=json",
      `--outputFile.json=${file}`,
    ];
    const args = [
      VITEST,
      "run",
      "--project",
      project,
      ...reporters,
      "--passWithNoTests",
      ...filters,
    ];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [code] = (await once(child, "close")) as [number | null];
    const report: unknown = await readFile(file, "utf8").then(JSON.parse, () => undefined);
    times.push(...timesOfReport(report, ROOT));
    const failed = failuresOfReport(report, ROOT);
    failures.push(...failed);
    skipped.push(...skippedOfReport(report, ROOT));
    // An error outside any test, or a process that died.
    if (code !== 0 && failed.length === 0)
      failures.push(`${project}: vitest ended with ${String(code)}, and no test failed`);
    return tallyOfReport(report, code ?? 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function endToEnd(filters: readonly string[]): Promise<Tally> {
  try {
    await prepareSynapse((sentence) => {
      console.error(sentence);
    });
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    console.error(`The end-to-end tests cannot run. ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return vitest("e2e", filters);
}

/** What of the sentences nothing has said, as tests that failed; only a whole run can tell. */
async function sentences(said: string): Promise<Tally> {
  const templates = loadTemplates();
  const heard = await saidIn(said);
  const unsaid = unsaidSentences(templates, heard);
  for (const part of unsaid) console.log(`No test says it: ${part}`);
  return { passed: unsaid.length === 0 ? 1 : 0, failed: unsaid.length, skipped: 0 };
}

const filters = process.argv.slice(2);
const said = await mkdtemp(join(tmpdir(), "usher-said-"));
if (filters.length === 0) process.env["SAID_SENTENCES"] = said;
const tallies = [
  ...(filters.length === 0 ? [await check()] : []),
  await vitest("unit", filters),
  await vitest("thorough", filters),
  await endToEnd(filters),
  ...(filters.length === 0 ? [await sentences(said)] : []),
];
await rm(said, { recursive: true, force: true });
const all = sum(tallies);
// Without a filter, a part in which nothing ran is a fault of the set-up, not a success.
const silent = filters.length === 0 && tallies.some(({ passed, failed }) => passed + failed === 0);
if (failures.length > 0) console.log(`\nWhat failed:\n  ${failures.join("\n  ")}`);
// A part of a name leaves out all others.
if (skipped.length > 0 && !filters.includes("-t"))
  console.log(`\nWhat was skipped:\n  ${skipped.join("\n  ")}`);
console.log(`\nThe slowest files:\n${slowest(times).join("\n")}`);
console.log(`\n${sentence(all)}`);
process.exitCode = all.failed > 0 || all.passed === 0 || silent ? 1 : 0;
