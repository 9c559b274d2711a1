import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** As many links as Linux follows. */
const LINKS = 40;

/** Where a path leads, whatever links are on the way. Neither the file nor its folder need be there: what a link without a target names is made by whoever writes. */
export function realPath(path: string, links = LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const target = links > 0 ? targetOf(path) : undefined;
    if (target !== undefined) return realPath(target, links - 1);
    const above = dirname(path);
    return above === path ? path : join(realPath(above, links), basename(path));
  }
}

/** Whether a path lies in a folder, whatever links lead there. Neither need be there. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(realPath(folder), realPath(path));
  return way !== ".." && !way.startsWith(`..${sep}`);
}

function targetOf(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}
