import { posix } from "node:path";
import type { Source } from "./sources.ts";

/** The rooms of the house, from the top down. A room imports only itself and those below it. */
const ROOMS = [
  "main.ts",
  "sweepAlone.ts",
  "program.ts",
  "safeMode.ts",
  "usher.ts",
  "start",
  "kinds",
  "commands",
  "membership",
  "notice",
  "integrations",
  "rights",
  "backup",
  "chat",
  "http",
  "net",
  "matrix",
  "secrets",
  "retention",
  "store",
  "config",
  "logs",
  "files",
  "privacy",
  "kernel",
];

/** The SDK and what encrypts: only src/matrix knows them. */
const MATRIX_ONLY = /^(?:matrix-bot-sdk|matrix-js-sdk|@matrix-org\/)/;

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** Imports that run upward or in a circle, leave src, or reach past src/matrix, in words. Tests and samples beside the source may import anything. */
export function importFaults(sources: readonly Source[]): readonly string[] {
  const own = sources.filter(({ path }) => /^src\/.*(?<!\.test|\/samples)\.ts$/.test(path));
  return [
    ...own.flatMap(({ path, text }) =>
      imports(text).flatMap((target) => faultOf(path, target) ?? []),
    ),
    ...circles(own),
  ];
}

/** Files that need each other, of which none can be read alone. What is only a type counts too. */
function circles(sources: readonly Source[]): readonly string[] {
  const needs = new Map(
    sources.map(({ path, text }) => [
      path,
      imports(text).map((target) => posix.join(posix.dirname(path), target)),
    ]),
  );
  const done = new Set<string>();
  const faults: string[] = [];
  const follow = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) faults.push(`a circle of imports: ${[...way.slice(at), path].join(" -> ")}`);
    if (at >= 0 || done.has(path)) return;
    for (const next of needs.get(path) ?? []) follow(next, [...way, path]);
    done.add(path);
  };
  for (const path of needs.keys()) follow(path, []);
  return faults;
}

function imports(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, plain, dynamic]) => plain ?? dynamic ?? []);
}

function faultOf(path: string, target: string): string | undefined {
  const from = roomOf(path);
  if (!target.startsWith(".")) {
    return MATRIX_ONLY.test(target) && from !== "matrix"
      ? `${path} imports ${target}, which only src/matrix may`
      : undefined;
  }
  const resolved = posix.join(posix.dirname(path), target);
  const to = roomOf(resolved);
  if (!resolved.startsWith("src/")) return `${path} imports ${resolved}, which is outside src`;
  if (!ROOMS.includes(from)) return `${path} is in no room of the house`;
  if (!ROOMS.includes(to)) return `${path} imports ${resolved}, which is in no room of the house`;
  return ROOMS.indexOf(to) < ROOMS.indexOf(from)
    ? `${path} imports ${resolved}: that is upward`
    : undefined;
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}
