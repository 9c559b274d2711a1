import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "./fault.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The Node that runs everything but this set-up: it reads TypeScript as it is. */
export const NODE_24 = join(ROOT, "node_modules/node/bin/node");

const LOCK = join(ROOT, ".cache/install.lock");
const LOCK_STALE_MS = 600_000;

/**
 * Installs what package-lock.json names, unless it is there. Throws a `Fault` where that cannot be done.
 * @param {{ production: boolean }} options in production the packages for development may be absent
 */
export async function ensureInstalled({ production }) {
  if (packagesMatch(production) && hasNode24()) return;
  await alone(async () => {
    if (!packagesMatch(production))
      await npm(
        "Installing packages (first time only, about a minute)",
        ciArguments({ production }),
      );
    if (!hasNode24())
      await npm("Installing Node 24", ["rebuild", "node", "--ignore-scripts=false"]);
    if (!hasNode24())
      throw new Fault(
        "Node 24 could not be installed: npm did not run the install script of its package. Run `npm rebuild node --ignore-scripts=false` to see why.",
      );
  });
}

/**
 * What npm is asked for: running Usher takes little more than half of what working on it does.
 * @param {{ production: boolean }} options
 */
export function ciArguments({ production }) {
  return ["ci", "--ignore-scripts", ...(production ? ["--omit=dev"] : [])];
}

/** Whether node_modules holds what the lock file names; npm writes what it installed into a file of its own, last of all. */
function packagesMatch(production) {
  const installed = packagesOf(join(ROOT, "node_modules/.package-lock.json"));
  return (
    installed !== undefined &&
    sameTree(packagesOf(join(ROOT, "package-lock.json")) ?? {}, installed, { production })
  );
}

/**
 * Whether all wanted packages are installed in the wanted version. Optional ones may be absent: they are for other systems.
 * @param {Record<string, { version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }>} wanted
 * @param {Record<string, { version?: string }>} installed
 * @param {{ production: boolean }} options
 */
export function sameTree(wanted, installed, { production }) {
  return Object.entries(wanted).every(([place, { version, optional, dev, devOptional }]) => {
    const mayBeAbsent = optional === true || devOptional === true || (production && dev === true);
    return (
      place === "" ||
      installed[place]?.version === version ||
      (mayBeAbsent && installed[place] === undefined)
    );
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function hasNode24() {
  try {
    accessSync(NODE_24, constants.X_OK);
    return statSync(NODE_24).size > 1_000_000;
  } catch {
    return false;
  }
}

/** Runs the task while no other process installs here; waits for the other, and then mostly finds nothing to do. */
async function alone(task) {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (abandoned()) rmSync(LOCK, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  const release = () => rmSync(LOCK, { force: true });
  process.on("exit", release);
  try {
    await task();
  } finally {
    release();
    process.off("exit", release);
  }
}

function abandoned() {
  try {
    const pid = Number(readFileSync(LOCK, "utf8"));
    if (Date.now() - statSync(LOCK).mtimeMs > LOCK_STALE_MS) return true;
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH" || error.code === "ENOENT";
  }
}

/** Runs npm, showing that something goes on, on standard error: standard output belongs to the task. */
async function npm(what, args) {
  const started = Date.now();
  const show = () =>
    process.stderr.write(`\r${what} … ${Math.round((Date.now() - started) / 1000)} s `);
  const ticking = process.stderr.isTTY ? setInterval(show, 1000) : undefined;
  process.stderr.write(`${what} …${process.stderr.isTTY ? "" : "\n"}`);
  const { code, words } = await quietly("npm", [
    ...args,
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--progress=false",
  ]);
  clearInterval(ticking);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  if (code !== 0) throw new Fault(`${what} failed: ${reasonOf(words)}`);
}

function quietly(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let words = "";
    child.stdout.on("data", (text) => (words += text));
    child.stderr.on("data", (text) => (words += text));
    child.on("error", (error) => {
      reject(
        error.code === "ENOENT"
          ? new Fault(
              "npm was not found: it comes with Node (on Debian and Ubuntu: apt install npm). Install it and try again.",
            )
          : error,
      );
    });
    child.on("close", (code) => resolve({ code, words }));
  });
}

/** Ours without node_modules/.bin, whose `node` is the one being replaced, and without the settings of the npm that called us. */
function environment() {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter(
      (part) => !part.endsWith(join("node_modules", ".bin")) && !part.includes(`node-gyp-bin`),
    );
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_ignore_scripts|lifecycle|package|command|execpath)/i.test(name),
  );
  return { ...Object.fromEntries(own), PATH: path.join(delimiter) };
}

/**
 * One sentence for what npm wrote when it failed.
 * @param {string} words
 */
export function reasonOf(words) {
  const code = /npm (?:error|ERR!) code (\S+)/.exec(words)?.[1] ?? "";
  if (
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ERR_INVALID_URL)$/.test(
      code,
    )
  ) {
    return `the npm registry cannot be reached (${code}). Check the network or proxy and try again.`;
  }
  if (
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_)/.test(
      code,
    )
  ) {
    return `the npm registry's certificate is not trusted here (${code}). Name your proxy's certificate in NODE_EXTRA_CA_CERTS and try again.`;
  }
  if (code === "ENOSPC") return "the disk is full. Make about 1 GB of room and try again.";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return `this folder is not writable (${code}): ${ROOT.split(sep).slice(0, -1).join(sep)}.`;
  const lines = words
    .split("\n")
    .filter((line) => line.trim() !== "" && !/A complete log/.test(line));
  return `npm said: ${lines.slice(0, 3).join(" ").slice(0, 400) || "nothing"}. Run \`npm ci\` to see all of it.`;
}
