import type { Source } from "./sources.ts";

/**
 * The source files that can change something on this machine's disk. What they write is of a declared file (`declareFile`), so a new one is
 * looked at before it is in this list; whoever else has something to write asks `src/files`.
 */
const WRITERS: Readonly<Record<string, string>> = {
  "src/files/appendLine.ts": "lines at the end of log files",
  "src/files/copyStill.ts": "a copy of files that are written in place, for a backup",
  "src/files/files.ts": "the system calls that every file is written with",
  "src/files/folders.ts": "folders",
  "src/files/snapshot.ts": "second names of documents, while a backup of them is made",
  "src/files/sqlite.ts": "SQLite files",
  "src/files/workFiles.ts": "files that something large is made in, and that go when it is made",
  "src/kinds/stickers/pictures/childProcess.ts":
    "nothing: a process that may not write, in which pictures are decoded",
};

/** What only looks. */
const READING: ReadonlySet<string> = new Set([
  "access",
  "accessSync",
  "constants",
  "createReadStream",
  "existsSync",
  "lstat",
  "readdir",
  "readdirSync",
  "readFile",
  "readFileSync",
  "readlinkSync",
  "realpath",
  "realpathSync",
  "stat",
  "statSync",
  "statfs",
]);

/** Modules through which files can be written, whatever is imported from them: SQLite, other processes, and adapters of dependencies. */
const WRITING_MODULE = /^(?:node:)?(?:sqlite|child_process|worker_threads)$|^lowdb\/node$/;
const FS_MODULE = /^(?:node:)?fs(?:\/promises)?$/;

const IMPORT = /\b(?:import|export)\s+(type\s+)?([^"';]*?)\sfrom\s+"([^"]+)"/g;
/** A module that is loaded when the program runs, so that nobody sees here what is taken of it. */
const DYNAMIC = /\b(?:import|require|getBuiltinModule)\(\s*"([^"]+)"\s*\)|\bimport\s+"([^"]+)"/g;
/** Classes of dependencies that write files of their own. */
const OTHERS =
  /\b(?:SimpleFsStorageProvider|RustSdkCryptoStorageProvider|JSONFile(?:Sync|Preset)?)\b|\bpino\.destination\((?!\{ fd: \d)/;

/** Files that write and are not known to, and known ones that do not any more. */
export function fileWriteFaults(
  sources: readonly Source[],
  writers: Readonly<Record<string, string>> = WRITERS,
): readonly string[] {
  const writing = new Set(
    sources
      .filter(({ path, text }) => /^src\/.*(?<!\.test|\/testStore)\.ts$/.test(path) && writes(text))
      .map(({ path }) => path),
  );
  return [
    ...[...writing]
      .filter((path) => writers[path] === undefined)
      .map(
        (path) =>
          `${path} can write files: let src/files do it, or list it in scripts/fileWrites.ts`,
      ),
    ...Object.keys(writers)
      .filter((path) => !writing.has(path))
      .map((path) => `${path} is listed as writing files and does not`),
  ];
}

function writes(text: string): boolean {
  const taken = [...text.matchAll(IMPORT)].filter(([, type]) => type === undefined);
  const loaded = [...text.matchAll(DYNAMIC)].map(([, called, bare]) => called ?? bare ?? "");
  return (
    taken.some(([, , names = "", module = ""]) =>
      FS_MODULE.test(module) ? !onlyReads(names) : WRITING_MODULE.test(module),
    ) ||
    loaded.some((module) => FS_MODULE.test(module) || WRITING_MODULE.test(module)) ||
    OTHERS.test(text)
  );
}

/** Whether `{ readFile, type Stats, open as o }` names nothing but what looks. A whole module could be asked for anything. */
function onlyReads(names: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  return inner
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && !one.startsWith("type "))
    .every((one) => READING.has(one.split(/\s+as\s+/)[0] ?? ""));
}
