/** How hard a text is to read. */
export interface Readability {
  /**
   * The school grade that it takes, by the Automated Readability Index (Senter and Smith, AMRL-TR-66-220, 1967):
   * 4.71 × letters a word + 0.5 × words a sentence − 21.43. It counts letters and not syllables, so that it gives the same everywhere.
   */
  readonly grade: number;
  /** Words a sentence, on average. */
  readonly mean: number;
  /** Words in its longest sentence. */
  readonly longest: number;
  /** The sentence that is. */
  readonly of: string;
}

/** How hard a message is to read, by its plain text. Each line is a sentence at least: people read lists line by line. */
export function readability(text: string): Readability {
  const sentences = text
    // What is typed, and where a link leads, is no prose.
    .replaceAll(/`[^`]*`/g, "that")
    .replaceAll(/\(?https?:\/\/[^\s)]*\)?|\S*@[^\s,]*[^\s,.]/g, "that")
    .split(/\n+|(?<=[.?!]["”)]?)\s+/)
    .map((sentence) => sentence.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [])
    .filter((words) => words.length > 0);
  const words = sentences.flat();
  const letters = words.join("").length;
  const [longest = []] = sentences.toSorted((a, b) => b.length - a.length);
  return {
    grade: 4.71 * (letters / words.length) + 0.5 * (words.length / sentences.length) - 21.43,
    mean: words.length / sentences.length,
    longest: longest.length,
    of: longest.join(" "),
  };
}
