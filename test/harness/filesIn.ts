import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The files below a folder, also while they are written, by their paths in it. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of await readdir(folder, { recursive: true })) {
    const content = await readFile(join(folder, name)).catch((error: unknown) => {
      // What is being written stands under its own name only while it is.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "EISDIR") throw error;
      return undefined;
    });
    if (content !== undefined) found.set(name, content);
  }
  return found;
}

/** The files below a folder that hold this, by their paths in it. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const files = [...(await filesIn(folder))];
  return files.filter(([, content]) => content.includes(text)).map(([name]) => name);
}
