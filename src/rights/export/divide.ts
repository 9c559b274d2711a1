import { UsherError } from "../../kernel/errors.ts";
import type { Run } from "./portion.ts";

/** Into how many files at most: nobody saves more. */
export const MOST_FILES = 100;
/** How many files are tried at most: each takes as long as a file. */
const MOST_TRIES = 4 * MOST_FILES;

/** How everything is spread over files. */
export interface Division {
  /** What each file holds; at least one, which may hold nothing. */
  readonly runs: readonly Run[];
  /** Things that are in no file: each by itself would be too large. */
  readonly leftOut: readonly number[];
}

/**
 * Spreads `count` things over files of which each is no larger than `most` bytes; how large one is, is only known when it is made (`sizeOf`). Rejects with
 * `export-too-large` (view: `kibibytes` of the whole, `most`) where not even an empty one is small enough, or it would be too many.
 */
export async function divided(
  count: number,
  most: number,
  sizeOf: (run: Run) => Promise<number>,
): Promise<Division> {
  const all = { from: 0, to: count };
  const whole = await sizeOf(all);
  if (whole <= most) return { runs: [all], leftOut: [] };
  const tooLarge = (): UsherError =>
    new UsherError("export-too-large", {
      kibibytes: Math.ceil(whole / 1024),
      most: Math.floor(most / 1024),
      files: MOST_FILES,
    });
  const empty = await sizeOf({ from: 0, to: 0 });
  if (empty > most) throw tooLarge();
  const runs: Run[] = [];
  const leftOut: number[] = [];
  let tries = 0;
  /** What is too large is cut by how much that is; things are not all of one size, so each piece is tried. */
  const cut = async ({ from, to }: Run, size: number): Promise<void> => {
    if (to - from === 1) {
      leftOut.push(from);
      return;
    }
    const wanted = Math.ceil((size - empty) / Math.max(1, most - empty));
    const pieces = Math.min(to - from, Math.max(2, wanted));
    const edge = (piece: number): number => from + Math.floor(((to - from) * piece) / pieces);
    for (let piece = 0; piece < pieces; piece += 1) {
      const run = { from: edge(piece), to: edge(piece + 1) };
      tries += 1;
      if (tries > MOST_TRIES) throw tooLarge();
      const found = await sizeOf(run);
      if (found > most) await cut(run, found);
      else runs.push(run);
      if (runs.length > MOST_FILES) throw tooLarge();
    }
  };
  await cut(all, whole);
  return { runs: runs.length === 0 ? [{ from: 0, to: 0 }] : runs, leftOut };
}
