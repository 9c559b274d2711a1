import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The top folder of the project, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A file of the project: its path from the top, with forward slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Every text file that is in version control or about to be. */
export function projectSources(): readonly Source[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: ROOT, encoding: "utf8" },
  );
  return [...new Set(listed.split("\0"))]
    .filter((path) => path !== "" && existsSync(ROOT + path))
    .map((path) => ({ path, text: readFileSync(ROOT + path, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}
