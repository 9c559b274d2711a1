/** UTF-16 units that are compared; what people mistype is shorter. */
const COMPARED = 40;

/**
 * How many letters must be changed, added, taken out or swapped with their neighbour to get from one word to the other; anything above `limit`
 * is `limit + 1` (optimal string alignment distance).
 */
export function distance(one: string, other: string, limit: number): number {
  const a = one.slice(0, COMPARED);
  const b = other.slice(0, COMPARED);
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return Math.min(above[b.length] ?? 0, limit + 1);
}

/** The candidate that was most likely meant: at most one mistake in three letters; undefined if none is that near. */
export function nearest(said: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined;
  const word = said.toLowerCase();
  let best = Math.max(1, Math.floor(Math.min(word.length, COMPARED) / 3)) + 1;
  for (const candidate of candidates) {
    const apart = distance(word, candidate.toLowerCase(), best);
    // "on" for "off" or "b" for "a" is no mistyping: something of the word must be left.
    if (apart < best && apart < Math.max(word.length, candidate.length))
      [found, best] = [candidate, apart];
  }
  return found;
}
