import type { Content } from "../../matrix/port.ts";
import { ordered, shortHash, type Pack, type PackImage } from "./pack.ts";

/** What Usher wrote last, as short hashes: of each picture by its shortcode, and of what the pack says of itself. */
export interface Written {
  readonly images: Readonly<Record<string, string>>;
  readonly about: string;
}

export function writtenOf({ about, images }: Pack): Written {
  return {
    images: Object.fromEntries([...images].map(([code, image]) => [code, shortHash(image)])),
    about: shortHash(about),
  };
}

/**
 * One pack of the two copies of it. Apps write one of them only, so the copy that somebody changed since Usher wrote counts, for each picture by itself; where both
 * were, that of the specification. Of a pack that Usher never wrote that one counts, where it is there (so do all apps that know it). Undefined where the pack is gone.
 */
export function mergedCopies(
  stable: Pack | undefined,
  old: Pack | undefined,
  written: Written | undefined,
): Pack | undefined {
  if (written === undefined) return stable ?? old;
  // Emptied by somebody in an app that knows that copy alone; unless the other has got something new meanwhile.
  if (stable === undefined || old === undefined) {
    const left = stable ?? old;
    return left === undefined || isAsWritten(left, written) ? undefined : left;
  }
  const codes = new Set([...stable.images.keys(), ...old.images.keys()]);
  const images = [...codes].flatMap((code) => {
    const image = pick(stable.images.get(code), old.images.get(code), written.images[code]);
    return image === undefined ? [] : [[code, image] as const];
  });
  const about = pick<Content>(stable.about, old.about, written.about) ?? {};
  return { about, images: ordered(images) };
}

/** `undefined` is one that was taken out. */
function pick<T extends Content | PackImage>(
  stable: T | undefined,
  old: T | undefined,
  written: string | undefined,
): T | undefined {
  const [one, other] = [hashed(stable), hashed(old)];
  if (one === other || other === written) return stable;
  if (one === written) return old;
  return stable ?? old;
}

function hashed(value: unknown): string | undefined {
  return value === undefined ? undefined : shortHash(value);
}

function isAsWritten(pack: Pack, written: Written): boolean {
  return shortHash(writtenOf(pack)) === shortHash(written);
}
