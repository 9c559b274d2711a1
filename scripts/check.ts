import { spawn } from "node:child_process";
import { SAMPLES } from "../templates/samples.ts";
import { faultsOfAll, loadTemplates } from "../src/chat/templates.ts";
import { allErrorCodes } from "../src/integrations/errorCodes.ts";
import { KINDS } from "../src/kinds/index.ts";
import { dataMapFaults, loadDeclarations } from "./dataMap.ts";
import { fileWriteFaults } from "./fileWrites.ts";
import { forgedTypeFaults } from "./forgedTypes.ts";
import { outdated, shapeFaults } from "./generate.ts";
import { homeserverWriteFaults } from "./homeserverWrites.ts";
import { deadPathFaults, forbiddenFaults, lengthFaults } from "./houseRules.ts";
import { importFaults } from "./importDirections.ts";
import { projectSources, ROOT, type Source } from "./sources.ts";
import { logNameFaults } from "./logNames.ts";
import { noticeFaults } from "./noticeVersions.ts";
import { missingTemplates, sampleFaults, unsaidTemplates } from "./templateSamples.ts";

/** A rule of the house: resolves with what breaks it, in words. */
interface Step {
  readonly name: string;
  run(sources: readonly Source[]): Promise<readonly string[]> | readonly string[];
}

const STEPS: readonly Step[] = [
  { name: "types", run: () => tool("tsc", "--project", ".") },
  { name: "lint", run: () => tool("oxlint", "--type-aware", "--deny-warnings") },
  { name: "unused files, exports and dependencies", run: () => tool("knip", "--no-progress") },
  {
    name: "format",
    run: () =>
      tool(
        "prettier",
        "--check",
        "--log-level",
        "warn",
        "--cache",
        "--cache-location",
        ".cache/prettier",
        ".",
      ),
  },
  { name: "import directions", run: importFaults },
  { name: "generated files", run: outdated },
  { name: "templates", run: (sources) => templateChecks(sources) },
  { name: "data map", run: dataMapChecks },
  { name: "versions of the notice", run: noticeFaults },
  { name: "file length", run: (sources) => lengthFaults(sources) },
  { name: "log lines", run: logNameFaults },
  { name: "names of files", run: deadPathFaults },
  { name: "forbidden text", run: forbiddenFaults },
];

/** Runs a program of the development dependencies. What it prints is what is wrong, if it ends badly. */
async function tool(name: string, ...args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, [`${ROOT}node_modules/.bin/${name}`, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on("error", reject).on("close", resolve);
  const code = await promise;
  return code === 0 ? [] : [printed.trim() || `${name} ended with ${String(code)}`];
}

function templateChecks(sources: readonly Source[]): readonly string[] {
  const templates = loadTemplates();
  const withoutSentence = Object.keys(allErrorCodes(KINDS)).filter(
    (code) => !templates.has(`error/${code}`),
  );
  return [
    ...faultsOfAll(templates),
    ...withoutSentence.map((code) => `the error code "${code}" has no template`),
    ...sampleFaults(templates, SAMPLES),
    ...unsaidTemplates(templates, sources),
    ...missingTemplates(templates, sources),
  ];
}

async function dataMapChecks(sources: readonly Source[]): Promise<readonly string[]> {
  await loadDeclarations(sources);
  return [
    ...dataMapFaults(loadTemplates()),
    ...(await shapeFaults()),
    ...homeserverWriteFaults(sources),
    ...fileWriteFaults(sources),
    ...forgedTypeFaults(sources),
  ];
}

interface Outcome {
  readonly ok: boolean;
  readonly line: string;
  /** What is wrong, in words; empty where nothing is. */
  readonly told: string;
}

async function outcome(step: Step, sources: readonly Source[]): Promise<Outcome> {
  const started = performance.now();
  let faults: readonly string[];
  try {
    faults = await step.run(sources);
  } catch (error) {
    faults = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const ok = faults.length === 0;
  const told = ok
    ? ""
    : `\n${step.name}:\n${faults.map((fault) => `  ${fault.replaceAll("\n", "\n  ")}`).join("\n")}\n\n`;
  return { ok, told, line: `${ok ? "ok    " : "FAILED"} ${step.name} (${seconds} s)` };
}

const sources = projectSources();
// No step needs another, and the slow ones are processes of their own: all go at once. What they say is shown in the order of the list.
const running = STEPS.map((step) => outcome(step, sources));
const outcomes = [];
for (const one of running) {
  const { told, line, ok } = await one;
  console.log(`${told}${line}`);
  outcomes.push({ line, ok });
}
const failed = outcomes.filter(({ ok }) => !ok).length;
console.log(
  `\n${outcomes.map(({ line }) => line).join("\n")}\n${String(outcomes.length - failed)} passed, ${String(failed)} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
