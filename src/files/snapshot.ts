import { link, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { UsherError } from "../kernel/errors.ts";
import type { FilePath } from "../privacy/declared.ts";

/** How often the files are looked at until nothing changes while that is done. */
const MOST_LOOKS = 200;
/** After so many, whoever writes is asked to wait, where they can be. */
const PATIENT_LOOKS = 5;

/** A file as it was seen; another content is another file, since documents are never written in place. */
type Seen = ReadonlyMap<string, string>;

/**
 * Holds the files of a folder as they are at one moment, under other names, while whoever writes there goes on: documents are replaced by a rename, so a second
 * name (hard link) keeps the content that was. All are linked, then looked at again, until nothing has changed from the beginning of one look to its end: then the
 * links are what was there at that moment. Where that does not come by itself, whoever writes waits for the rest (`still`), if they can be asked to. `to` is made, and must be on the same file system. Resolves with the names below the folder, sorted. Rejects with
 * `backup-busy` where too much is written all the time.
 */
export async function snapshot(
  from: string,
  to: FilePath,
  isMeant: (name: string) => boolean,
  still?: Still,
): Promise<readonly string[]> {
  const linked = new Map<string, string>();
  const follow = (looks: number): Promise<boolean> => settle({ from, to, isMeant, linked }, looks);
  const settled =
    still === undefined
      ? await follow(MOST_LOOKS)
      : (await follow(PATIENT_LOOKS)) || (await still(() => follow(MOST_LOOKS)));
  if (!settled) throw new UsherError("backup-busy");
  return [...linked.keys()].sort();
}

/** Does something while nothing is written. */
export type Still = <T>(work: () => Promise<T>) => Promise<T>;

interface Following {
  readonly from: string;
  readonly to: FilePath;
  readonly isMeant: (name: string) => boolean;
  /** What each link is of. */
  readonly linked: Map<string, string>;
}

/** Links what has changed, look by look; whether the last one found nothing. */
async function settle(
  { from, to, isMeant, linked }: Following,
  mostLooks: number,
): Promise<boolean> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const seen = await look(from, isMeant);
    const changed = [...seen].filter(([name, mark]) => linked.get(name) !== mark);
    const gone = [...linked.keys()].filter((name) => !seen.has(name));
    if (looks > 0 && changed.length + gone.length === 0) return true;
    for (const name of gone) {
      await rm(join(to, name), { force: true });
      linked.delete(name);
    }
    for (const [name] of changed) {
      await mkdir(dirname(join(to, name)), { recursive: true, mode: 0o700 });
      await rm(join(to, name), { force: true });
      linked.delete(name);
      const mark = await linkAs(join(from, name), join(to, name));
      if (mark !== undefined) linked.set(name, mark);
    }
  }
  return false;
}

/** What the link is of; undefined where there is no such file any more. */
async function linkAs(from: string, to: string): Promise<string | undefined> {
  try {
    await link(from, to);
    return await markOf(to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function look(folder: string, isMeant: (name: string) => boolean): Promise<Seen> {
  const seen = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || !isMeant(name)) continue;
    try {
      seen.set(name, await markOf(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return seen;
}

/** Its inode, and its size and time where that is used again for another. */
async function markOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${String(ino)} ${String(size)} ${String(mtimeNs)}`;
}
