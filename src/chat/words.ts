import { plain } from "../kernel/plain.ts";
import type { Token } from "./tokenize.ts";

/** The words at the line's beginning, flags aside, in lower case and without the marks that end a sentence. */
export function wordsOf(
  tokens: readonly Token[],
): readonly { readonly word: string; readonly token: Token }[] {
  const words: { word: string; token: Token }[] = [];
  for (const token of tokens) {
    if (token.flag === true) continue;
    if (token.quoted || token.key !== undefined) break;
    words.push({ word: plain(token.text).replace(/(?<=\p{L})[.!?,:;]$/u, ""), token });
    if (words.length === MAX_WORDS) break;
  }
  return words;
}

/** No command has more. */
export const MAX_WORDS = 5;
