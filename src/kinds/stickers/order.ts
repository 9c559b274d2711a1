import type { Content } from "../../matrix/port.ts";

/**
 * The field of a picture that says where it stands among the others: a whole number. The specification has no order ("up to implementations"), and no homeserver keeps one, so
 * each picture says its own: whoever moves one writes that one, and what others change meanwhile stays.
 */
const PLACE = "usher.order";
/** Between two pictures there is room for others. */
const STEP = 1_000;
/** A place that is farther out counts as none: a thousand steps behind it have to be whole numbers too, which homeservers alone take. */
const FARTHEST = 1e12;

/** The first of two pictures comes first: by its place, and those that have none behind all others, by their shortcodes. */
export function byPlace(
  [a, one]: readonly [string, Content],
  [b, other]: readonly [string, Content],
): number {
  const places = (placeOf(one) ?? Infinity) - (placeOf(other) ?? Infinity);
  // Of two without a place the difference is no number.
  return places || (a < b ? -1 : 1);
}

/** The pictures in the order in which they are given, each with its place. */
export function inOrder<I extends Content>(
  images: readonly (readonly [string, I])[],
): readonly (readonly [string, I])[] {
  return images.map(([code, image], index) => [code, withPlace(image, (index + 1) * STEP)]);
}

/** The pictures with this one as the n-th of them, or as the last where there are fewer. As few as possible are written anew. `place`: from 1. */
export function movedTo<I extends Content>(
  images: ReadonlyMap<string, I>,
  code: string,
  place: number,
): ReadonlyMap<string, I> {
  const moved = images.get(code);
  const others = [...images].filter(([one]) => one !== code);
  const at = Math.min(place - 1, others.length);
  if (moved === undefined || [...images.keys()].indexOf(code) === at) return images;
  const before = placed(others.slice(0, at));
  const after = others.slice(at);
  const low = before.at(-1)?.[1];
  const mine = between(low && placeOf(low), after[0] && placeOf(after[0][1]));
  if (mine !== undefined) return new Map([...before, [code, withPlace(moved, mine)], ...after]);
  const all = [...before, [code, moved] as const, ...after];
  return new Map(all.map(([one, image], index) => [one, withPlace(image, (index + 1) * STEP)]));
}

/** Whoever stands before a place has one too: those without follow the last that has. */
function placed<I extends Content>(
  images: readonly (readonly [string, I])[],
): readonly (readonly [string, I])[] {
  let last = 0;
  return images.map(([code, image]) => {
    const known = placeOf(image);
    last = known ?? last + STEP;
    return [code, known === undefined ? withPlace(image, last) : image];
  });
}

/** A whole number between these two; undefined where there is none. Where one is missing, there is nothing on that side that has a place. */
function between(low: number | undefined, high: number | undefined): number | undefined {
  if (low !== undefined && high !== undefined && high - low < 2) return undefined;
  const found =
    high === undefined
      ? (low ?? 0) + STEP
      : low === undefined
        ? high - STEP
        : low + Math.floor((high - low) / 2);
  return Number.isSafeInteger(found) ? found : undefined;
}

function withPlace<I extends Content>(image: I, place: number): I {
  return { ...image, [PLACE]: place };
}

/** Somebody else may have written anything there. */
function placeOf(image: Content): number | undefined {
  const place = image[PLACE];
  return Number.isSafeInteger(place) && Math.abs(place as number) <= FARTHEST
    ? (place as number)
    : undefined;
}
