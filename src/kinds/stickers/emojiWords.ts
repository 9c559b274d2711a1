import { createRequire } from "node:module";
import { z } from "zod";

/** What the package has of an emoji; its `slug` is Unicode's short name (CLDR) in small letters. */
const names = z.record(z.string(), z.object({ slug: z.string().regex(/^[a-z0-9_]+$/) }));

let known: ReadonlyMap<string, string> | undefined;

/**
 * What the first emoji in some text is called, as `waving-hand`: whatever its skin, and whether or not it says that it is to be in colour. Undefined where there is none
 * that Unicode names.
 */
export function emojiWords(text: string): string | undefined {
  // Most names of files have none, and need no list of emoji.
  if (!/[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u.test(text)) return undefined;
  // Read when a name is first needed: most of Usher's life has no use for it.
  known ??= read();
  for (const { segment } of new Intl.Segmenter("en").segment(text)) {
    // What is joined and has no name together is called as its first part: apps show the parts.
    for (const part of [segment, ...segment.split("\u200d")]) {
      const words = known.get(plain(part));
      if (words !== undefined) return words;
    }
  }
  return undefined;
}

function read(): ReadonlyMap<string, string> {
  const require = createRequire(import.meta.url);
  const said = names.parse(require("unicode-emoji-json"));
  return new Map(
    Object.entries(said).map(([emoji, { slug }]) => [plain(emoji), slug.replaceAll("_", "-")]),
  );
}

/** Without skin tones, and without what asks for colour or text (U+FE0F, U+FE0E). */
function plain(emoji: string): string {
  return emoji.replaceAll(/[\u{1f3fb}-\u{1f3ff}]|\ufe0e|\ufe0f/gu, "");
}
