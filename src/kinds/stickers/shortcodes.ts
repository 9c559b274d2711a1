import { emojiWords } from "./emojiWords.ts";
import { SHORTCODE } from "./pack.ts";

/**
 * A shortcode made of a file's name or of words: without its ending and a number in front (`12-cat.png`), letters without their accents, dashes for all else; where
 * there are no letters, the words of an emoji. Undefined where nothing is left. Never a number alone, which means another picture in the pack's sheet.
 */
export function suggestedShortcode(words: string): string | undefined {
  const bare = words.replace(/\.[A-Za-z0-9]{1,5}$/, "");
  const named = plain(bare.replace(/^\d+[-_ ]+(?=.)/, ""));
  const made = /[a-z]/i.test(named) ? named : (emojiWords(bare) ?? plain(bare));
  const word = /^\d+$/.test(made) ? `sticker-${made}`.slice(0, 100) : made;
  return SHORTCODE.test(word) ? word.toLowerCase() : undefined;
}

/** The key of a new pack, made of its name: small letters, digits and dashes (some apps make such of it anyway, and then two packs must not be one). */
export function packKey(name: string, taken: ReadonlySet<string>): string {
  const made = plain(name.replaceAll("_", "-")).toLowerCase().slice(0, 40).replace(/-+$/, "");
  return unused(made === "" ? "pack" : made, taken);
}

/** The word, or with the first number behind it that makes it one of its own; in upper or lower case it counts as the same. */
export function unused(word: string, taken: ReadonlySet<string>): string {
  const known = new Set([...taken].map((one) => one.toLowerCase()));
  if (!known.has(word.toLowerCase())) return word;
  for (let number = 2; ; number += 1) {
    const numbered = `${word.slice(0, 90)}-${String(number)}`;
    if (!known.has(numbered.toLowerCase())) return numbered;
  }
}

function plain(words: string): string {
  return words
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9_]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 100);
}
