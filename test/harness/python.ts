import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { SetupFault } from "./fault.ts";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../.cache");
const UV = "uv==0.13.9";
const CANDIDATES = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
  "python",
];
const OTHER_WAY =
  "or set USHER_TEST_HOMESERVER=http://127.0.0.1:8008 and USHER_TEST_REGISTRATION_SECRET=… to use a Synapse that already runs";

/** Told what is being done while something takes long. */
export type Progress = (sentence: string) => void;

/**
 * A Python interpreter with exactly the packages of a requirements file, in a virtual environment under `.cache/`.
 * It is built beside its place and moved there when complete, so two that build at once do not meet and a half-finished one is never used.
 * Throws a `SetupFault` where Python, its `venv` module or the network is missing.
 */
export async function pythonWith(requirements: string, progress: Progress): Promise<string> {
  const python = await findPython();
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .update(python.version)
    .update(UV)
    .digest("hex")
    .slice(0, 12);
  const name = basename(requirements).split(".")[0] ?? "python";
  const place = join(CACHE, `${name}-${key}`);
  const interpreter = join(place, "bin/python");
  if (existsSync(interpreter) && (await answers(interpreter))) return interpreter;
  await mkdir(CACHE, { recursive: true });
  await removeAbandoned();
  // A finished one whose Python has gone (an upgraded system) is of no use to anybody.
  if (existsSync(place)) await rm(place, { recursive: true, force: true });
  progress(`Installing ${name} into .cache (first time only, about half a minute) …`);
  const building = join(CACHE, `${name}-${key}.building-${String(process.pid)}`);
  try {
    await build(python.command, building, requirements);
    await rename(building, place).catch((error: unknown) => {
      if (!existsSync(interpreter)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return interpreter;
}

/** The environment for a Python child: with `PYTHONDONTWRITEBYTECODE` every start would compile everything anew (6 s for Synapse). */
export function pythonEnvironment(): NodeJS.ProcessEnv {
  const unwanted = new Set(["PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"]);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.has(name)));
}

async function findPython(): Promise<{ command: string; version: string }> {
  const tooOld: string[] = [];
  for (const command of CANDIDATES) {
    const version = await run(command, [
      "-c",
      "import sys; print('%d.%d.%d' % sys.version_info[:3])",
    ]).then(
      (result) => result.stdout.trim(),
      () => undefined,
    );
    const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
    if (version !== undefined && (major > 3 || (major === 3 && minor >= 10)))
      return { command, version };
    if (version !== undefined) tooOld.push(version);
  }
  const found =
    tooOld.length === 0 ? "none was found" : `only ${[...new Set(tooOld)].join(", ")} was found`;
  throw new SetupFault(
    `Python 3.10 or newer is needed to run a homeserver, and ${found}: install it, ${OTHER_WAY}.`,
  );
}

async function build(python: string, place: string, requirements: string): Promise<void> {
  await run(python, ["-m", "venv", place], { env: pythonEnvironment() }).catch((error: unknown) => {
    throw new SetupFault(
      `Python's venv module is missing or incomplete (on Debian and Ubuntu: apt install python3-venv): install it, ${OTHER_WAY}.`,
      {
        cause: error,
      },
    );
  });
  const interpreter = join(place, "bin/python");
  const env = { ...pythonEnvironment(), UV_PYTHON_DOWNLOADS: "never" };
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  const uv = [
    "pip",
    "install",
    "--python",
    interpreter,
    "--quiet",
    "--compile-bytecode",
    "--requirement",
    requirements,
  ];
  try {
    await run(interpreter, [...pip, UV], { env });
    // uv takes seconds where pip takes a minute, but does not read pip's configuration (a mirror, a proxy's certificate).
    await run(join(place, "bin/uv"), uv, { env }).catch(() =>
      run(interpreter, [...pip, "--requirement", requirements], { env }),
    );
  } catch (error) {
    throw new SetupFault(
      `Python packages could not be fetched (${lastWords(error)}): check the network or proxy and try again, ${OTHER_WAY}.`,
      {
        cause: error,
      },
    );
  }
}

/** The last line a failed program wrote to its standard error. */
function lastWords(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return stderr.split("\n").at(-1)?.trim().slice(0, 200) ?? "";
}

async function answers(interpreter: string): Promise<boolean> {
  return run(interpreter, ["-c", ""]).then(
    () => true,
    () => false,
  );
}

/** Removes what builders left that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const entry of await readdir(CACHE)) {
    const pid = Number(/\.building-(\d+)$/.exec(entry)?.[1]);
    if (pid > 0 && !isRunning(pid)) await rm(join(CACHE, entry), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
