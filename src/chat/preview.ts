import type { View } from "../kernel/errors.ts";
import type { Answer } from "./command.ts";

/** As many words as people read on a phone before they say yes. */
export const MOST_WORDS = 80;

/** How many words a text has, as people count them: an address is one. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/**
 * A preview with as many of the cautions as it has room for, those that matter most first. `read` gives an answer's plain text. What is
 * planned and how to answer are said in full, however long.
 */
export function previewOf(
  frame: View,
  cautions: readonly Answer[],
  read: (answer: Answer) => string,
): Answer {
  const withThese = (told: readonly Answer[]): Answer => ({
    template: "preview",
    view: { ...frame, cautions: told.map(({ template, view }) => ({ template, view })) },
  });
  const fits = (told: readonly Answer[]): boolean => wordsIn(read(withThese(told))) <= MOST_WORDS;
  const told = cautions.reduce<readonly Answer[]>(
    (before, caution) => (fits([...before, caution]) ? [...before, caution] : before),
    [],
  );
  return withThese(told);
}
