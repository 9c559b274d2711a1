import { suggestedShortcode } from "../shortcodes.ts";
import type { FoundPicture } from "./found.ts";

interface Coding {
  /** Shortcodes of the pack as it is. */
  readonly taken: ReadonlySet<string>;
  /** Which of them came with the same picture before. */
  readonly before: ReadonlyMap<string, string>;
  /** What a picture is called that has no words of its own. */
  readonly base: string;
}

/**
 * A shortcode for each picture, by its key: the one it had when it came before, else one made of its words, with a number where that is taken. Which ones are not
 * as their words would have them is told by `isRenamed`.
 */
export function codesFor(
  pictures: readonly FoundPicture[],
  { taken, before, base }: Coding,
): ReadonlyMap<string, string> {
  const known = pictures.flatMap(({ key }) => {
    const code = before.get(key);
    return code === undefined ? [] : [[key, code] as const];
  });
  const codes = new Map(known);
  // Kept as `unused` compares them, so that a thousand pictures are not compared with each other.
  const all = new Set([...taken, ...codes.values()].map((code) => code.toLowerCase()));
  const last = new Map<string, number>();
  for (const picture of pictures) {
    const { key } = picture;
    if (codes.has(key)) continue;
    const wanted = wantedCode(picture) ?? base;
    let code = wanted;
    for (let number = last.get(wanted) ?? 2; all.has(code.toLowerCase()); number += 1) {
      code = `${wanted.slice(0, 90)}-${String(number)}`;
      last.set(wanted, number + 1);
    }
    codes.set(key, code);
    all.add(code.toLowerCase());
  }
  return codes;
}

/** Whether the shortcode is another than the one that it has there, or that its words make. */
export function isRenamed(picture: FoundPicture, code: string): boolean {
  const wanted = wantedCode(picture);
  return wanted === undefined ? picture.words !== "" : wanted !== code;
}

/** Of its name where that has words, else of what it shows, else of the number that it is called by. */
function wantedCode({ code, words, body = "" }: FoundPicture): string | undefined {
  if (code !== undefined) return code;
  const named = suggestedShortcode(words);
  const isNumber = named !== undefined && /^sticker-\d+$/.test(named);
  return named === undefined || isNumber ? (suggestedShortcode(body) ?? named) : named;
}
