import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The files below a folder that hold this, by their paths in it. */
export async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    // What is being written stands under its own name only while it is.
    const content = await readFile(file).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "EISDIR") throw error;
      return Buffer.alloc(0);
    });
    if (content.includes(text)) found.push(name);
  }
  return found;
}
