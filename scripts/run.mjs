// Runs a task of package.json. Plain JavaScript for Node 20 and built-in modules only, since it runs before anything is installed.
import { join } from "node:path";
import { Fault, nodeIsTooOld } from "./fault.mjs";
import { ensureInstalled, NODE_24, ROOT } from "./install.mjs";
import { runChild } from "./child.mjs";
import { ALLOCATOR, NODE_OPTIONS } from "./memory.mjs";

/** What each task runs, with Node 24. A script of the house gets the caller's arguments; so does vitest. */
const TASKS = {
  demo: ["demo/main.ts"],
  start: ["src/main.ts"],
  setup: ["src/config/setup.ts"],
  retention: ["src/sweepAlone.ts"],
  crypto: ["src/matrix/crypto/cli.ts"],
  backup: ["src/backup/cli.ts", "backup"],
  restore: ["src/backup/cli.ts", "restore"],
  check: ["scripts/check.ts"],
  generate: ["scripts/generate.ts"],
  notice: ["scripts/noticeVersions.ts"],
  "privacy:coverage": ["scripts/privacyCoverage.ts"],
  bench: ["test/bench/main.ts"],
  chaos: ["test/chaos/main.ts"],
  test: ["scripts/test.ts"],
  "test:unit": ["node_modules/vitest/vitest.mjs", "run", "--project", "unit"],
};

/** What goes over much, and is to take little memory meanwhile. */
const SMALL = new Set(["start", "retention"]);
/** Those that a machine without the packages for development runs. */
const PRODUCTION = new Set(["start", "setup", "crypto", "backup", "restore", "retention"]);

const [name = "", ...rest] = process.argv.slice(2);
try {
  nodeIsTooOld(process.versions.node);
  const task = TASKS[name];
  if (task === undefined)
    throw new Fault(`There is no task "${name}". There are: ${Object.keys(TASKS).join(", ")}.`);
  const [script, ...fixed] = task;
  await ensureInstalled({ production: PRODUCTION.has(name) });
  // What Node has compiled once it need not compile at the next start, which then takes half the time and less memory.
  process.env.NODE_COMPILE_CACHE ??= join(ROOT, ".cache/compiled");
  if (SMALL.has(name)) process.env = { ...ALLOCATOR, ...process.env };
  process.exitCode = await runChild(NODE_24, [
    ...(SMALL.has(name) ? NODE_OPTIONS : []),
    join(ROOT, script),
    ...fixed,
    ...rest,
  ]);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
