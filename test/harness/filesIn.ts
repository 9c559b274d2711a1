import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What this gives, or nothing where a file or folder is gone by now: of what runs, many are only there for a moment. */
async function whileThere<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

/** The files below a folder, also while they are written, by their paths in it. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      for (const [name, content] of (await whileThere(filesIn(path))) ?? [])
        found.set(join(entry.name, name), content);
    } else if (entry.isFile()) {
      const content = await whileThere(readFile(path));
      if (content !== undefined) found.set(entry.name, content);
    }
  }
  return found;
}

/** The files below a folder that hold this, by their paths in it. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const files = [...(await filesIn(folder))];
  return files.filter(([, content]) => content.includes(text)).map(([name]) => name);
}
