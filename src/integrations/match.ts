/** Something that was put into a room, as people may call it. */
export interface Named {
  readonly id: string;
  /** What apps show; several things may share it. */
  readonly name: string;
  /** What else names exactly this one. */
  readonly also?: readonly string[];
}

/**
 * What is meant by an id, a name or the beginning of one: nothing, the one thing, or all that it may be. A whole id counts before a whole name,
 * and that before a beginning: apps show names, and ids stand in answers only.
 */
export function matching<T extends Named>(things: readonly T[], said: string): readonly T[] {
  // What others have named like the id of something else must not stand in its way.
  const own = things.filter(({ id }) => id === said);
  if (own.length > 0) return own;
  const exact = things.filter(({ also = [] }) => also.includes(said));
  const wanted = folded(said);
  if (exact.length > 0 || wanted === "") return exact;
  const whole = things.filter(({ id, name }) => folded(id) === wanted || folded(name) === wanted);
  if (whole.length > 0) return whole;
  return things.filter(
    ({ id, name }) => folded(id).startsWith(wanted) || folded(name).startsWith(wanted),
  );
}

/** As people compare words: without regard to case, width, spaces and what cannot be seen. */
function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .replaceAll(/[\p{Cf}\ufe0e\ufe0f]/gu, "")
    .trim();
}
