import { existsSync, readFileSync, statSync } from "node:fs";

/** What loading needs of the file system. Reading throws as `node:fs` does. */
export interface ConfigFiles {
  read(path: string): string;
  /** The permission bits. */
  mode(path: string): number;
  /** Never throws. */
  exists(path: string): boolean;
}

/** The real ones. */
export const configFiles: ConfigFiles = {
  read: (path) => readFileSync(path, "utf8"),
  mode: (path) => statSync(path).mode,
  exists: existsSync,
};

/** Why a file could not be read, as the system calls it: `ENOENT`, `EACCES` … */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown reason";
}
