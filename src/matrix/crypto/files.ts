import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolders, syncFolder } from "../../kernel/folders.ts";
import { aboutFile } from "../../store/aboutFile.ts";

/** The text of a file; undefined if there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await aboutFile(file, readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Replaces a file as a whole, readable by its owner only (0600, its folder 0700 where it is made here). Durable when it resolves. */
export async function writePrivate(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  makeFolders(folder);
  const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await aboutFile(temporary, handle.writeFile(text));
    await aboutFile(temporary, handle.sync());
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close();
    // A full disk must not keep what did not fit.
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}
