import { isDeepStrictEqual } from "node:util";
import type { Content } from "../../matrix/port.ts";
import { ordered, type Pack, type PackImage } from "./pack.ts";

/** One picture of a pack before and after a change; null where it has none of that shortcode. */
export interface ImageEdit {
  readonly code: string;
  readonly before: PackImage | null;
  readonly after: PackImage | null;
}

/** A change of a pack: what differs, and nothing else, so that what others do meanwhile stays. */
export interface PackEdit {
  /** What the pack says of itself; null where there is no such pack. */
  readonly about: { readonly before: Content | null; readonly after: Content | null };
  readonly images: readonly ImageEdit[];
}

/** What makes the second of the first; undefined where nothing differs. */
export function editBetween(
  before: Pack | undefined,
  after: Pack | undefined,
): PackEdit | undefined {
  const codes = new Set([...(before?.images.keys() ?? []), ...(after?.images.keys() ?? [])]);
  const images = [...codes].flatMap((code) => {
    const [was, is] = [before?.images.get(code) ?? null, after?.images.get(code) ?? null];
    return isDeepStrictEqual(was, is) ? [] : [{ code, before: was, after: is }];
  });
  const about = { before: before?.about ?? null, after: after?.about ?? null };
  const same = isDeepStrictEqual(about.before, about.after) && images.length === 0;
  return same ? undefined : { about, images };
}

export function reversed({ about, images }: PackEdit): PackEdit {
  return {
    about: { before: about.after, after: about.before },
    images: images.map(({ code, before, after }) => ({ code, before: after, after: before })),
  };
}

/** The pack with this change; what others have changed since stays. Undefined where it is gone then. */
export function edited(pack: Pack | undefined, { about, images }: PackEdit): Pack | undefined {
  if (about.after === null) return undefined;
  const codes = new Map(images.map(({ code, after }) => [code, after]));
  const kept = [...(pack?.images ?? [])].filter(([code]) => !codes.has(code));
  const fresh = [...codes].flatMap(([code, after]) =>
    after === null ? [] : [[code, after] as const],
  );
  const isSame = isDeepStrictEqual(about.before, about.after);
  return {
    about: isSame && pack !== undefined ? pack.about : about.after,
    images: ordered([...kept, ...fresh]),
  };
}

/** How a pack stands to a change: as before it, as after it, or as somebody has made it since. What the change did not touch counts for nothing. */
export function standing(pack: Pack | undefined, edit: PackEdit): "before" | "after" | "otherwise" {
  if (isAfter(pack, edit)) return "after";
  return isAfter(pack, reversed(edit)) ? "before" : "otherwise";
}

function isAfter(pack: Pack | undefined, { about, images }: PackEdit): boolean {
  if (pack === undefined || about.after === null) return pack === undefined && about.after === null;
  if (!isDeepStrictEqual(about.before, about.after) && !isDeepStrictEqual(pack.about, about.after))
    return false;
  return images.every(({ code, after }) => isDeepStrictEqual(pack.images.get(code) ?? null, after));
}
