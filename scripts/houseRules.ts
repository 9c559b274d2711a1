import type { Source } from "./sources.ts";

const MAX_LINES = 300;
/** Tests and samples list cases, which are read one at a time. */
const MAX_TEST_LINES = 600;

/** Files that are longer for a reason. */
const LONG: Readonly<Record<string, string>> = {};

/** Source files that hold more than one idea, most likely; and exceptions that are no longer needed. */
export function lengthFaults(
  sources: readonly Source[],
  long: Readonly<Record<string, string>> = LONG,
): readonly string[] {
  const tooLong = new Map(
    sources
      .filter(({ path }) => /\.(?:ts|mjs)$/.test(path))
      .map(({ path, text }) => [path, text.trimEnd().split("\n").length] as const)
      .filter(([path, lines]) => lines > mostLines(path)),
  );
  return [
    ...[...tooLong]
      .filter(([path]) => long[path] === undefined)
      .map(
        ([path, lines]) => `${path} has ${String(lines)} lines; ${String(mostLines(path))} at most`,
      ),
    ...Object.keys(long)
      .filter((path) => !tooLong.has(path))
      .map((path) => `${path} is listed as long and is not`),
  ];
}

function mostLines(path: string): number {
  return /(?:\.test|\/samples)\.ts$/.test(path) || path.startsWith("test/contract/")
    ? MAX_TEST_LINES
    : MAX_LINES;
}

/** A file or folder of ours, as pages and comments name it. */
const NAMED = /`((?:assets|demo|docs|scripts|src|templates|test)\/[\w./-]*[\w])\/?`/g;

/** Files and folders that a page or a source file names and that are not there. Tests may make up what they like. */
export function deadPathFaults(sources: readonly Source[]): readonly string[] {
  const there = new Set(
    sources.flatMap(({ path }) =>
      path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/")),
    ),
  );
  return sources
    .filter(({ path }) => /(?:\.md|(?<!\.test)\.ts|\.mjs)$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(NAMED)]
        .map(([, named = ""]) => named)
        .filter((named) => !there.has(named))
        .map((named) => `${path} names ${named}, which is not there`),
    );
}

/** What must stand in no file: written so that these lines do not match themselves. */
const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    "looks like an access token",
    /\b(?:sy[t]_[A-Za-z0-9+/=]+_[A-Za-z]{20}_[A-Za-z0-9]{6}|MDA[x][A-Za-z0-9_-]{24,}|mct_[A-Za-z0-9_]{20,}|(?:gh[po]|npm)_[A-Za-z0-9]{30,}|glpat-[\w-]{20})/,
  ],
  ["looks like a private key", /-{5}BEGIN [A-Z ]*PRIVATE KEY-{5}/],
  ["is a path of somebody's machine", /(?<![\w.~@<>*-])\/(?:work|root)\//],
  [
    "names a package registry's host",
    /\bregistry\.(?!example)[a-z]+\.(?:org|com|io)\b|\bp[y]pi\.(?:org|io)\b|\bfiles\.p[y]thonhosted\.org\b/,
  ],
];

/** Text that must not be published, by file and line. */
export function forbiddenFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        FORBIDDEN.filter(([, pattern]) => pattern.test(line)).map(
          ([what]) => `${path}:${String(index + 1)} ${what}`,
        ),
      ),
  );
}
