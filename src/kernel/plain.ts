/** What nobody sees: zero-width and bidirectional marks, variation selectors, fillers (Unicode, "Default_Ignorable_Code_Point"). */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * A text as texts are compared with Usher's own words: in small letters, written with the same
 * characters however it was typed (full-width ones too), without what nobody sees.
 */
export function plain(text: string): string {
  return text.normalize("NFKC").replace(UNSEEN, "").toLowerCase();
}

/**
 * Where the words end that a text begins with, compared as `plain` does; undefined where it begins
 * otherwise. What nobody sees is skipped before and between their letters. UTF-16 units.
 */
export function endOfWords(text: string, words: string): number | undefined {
  const wanted = spelt(words);
  let found = "";
  let end = 0;
  for (const character of text) {
    if (found.length >= wanted.length) break;
    found += spelt(character);
    end += character.length;
    if (!wanted.startsWith(found)) return undefined;
  }
  return wanted !== "" && found === wanted ? end : undefined;
}

/** Letter by letter the same as for the whole text: with every mark on its own. */
function spelt(text: string): string {
  return text.normalize("NFKD").replace(UNSEEN, "").toLowerCase().normalize("NFKD");
}

/** Leaves out what nobody sees, and spaces, at both ends; what makes an emoji look as it does stays at the end. */
export function trimmed(text: string): string {
  return text.replace(/^[\s\p{Default_Ignorable_Code_Point}]+/u, "").replace(TAIL, "");
}

const TAIL =
  /(?<![\s\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069])[\s\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]+$/u;
