/** A piece of a line: words, what is to be typed, or an address. Two of the three are undefined. */
type Part = {
  readonly text: string | undefined;
  readonly code: string | undefined;
  readonly link: string | undefined;
};

type Line = {
  readonly after: boolean;
  readonly parts: readonly Part[];
};

type Segment = {
  readonly after: boolean;
  /** Its lines are items of a list. */
  readonly list: boolean;
  readonly lines: readonly Line[];
};

/** A heading, or a paragraph, and its lists. */
export type Block = {
  readonly after: boolean;
  readonly heading: string | undefined;
  readonly segments: readonly Segment[];
};

/**
 * What a plain text of Usher's is made of, for a page: nothing of it is lost, so that what a browser reads out of the page is the text, byte for byte.
 * A paragraph that begins with one of `titles` begins with a heading.
 */
export function textBlocks(text: string, titles: ReadonlySet<string>): readonly Block[] {
  return text.split("\n\n").map((paragraph, index) => {
    const after = index > 0;
    const lines = paragraph.split("\n");
    const [first = ""] = lines;
    if (!titles.has(first)) return { after, heading: undefined, segments: segments(lines, false) };
    return { after, heading: first, segments: segments(lines.slice(1), true) };
  });
}

function segments(lines: readonly string[], follows: boolean): readonly Segment[] {
  const found: { list: boolean; lines: string[] }[] = [];
  for (const line of lines) {
    const list = line.startsWith("- ");
    const last = found.at(-1);
    if (last?.list === list) last.lines.push(line);
    else found.push({ list, lines: [line] });
  }
  return found.map((one, index) => ({
    after: follows || index > 0,
    list: one.list,
    lines: one.lines.map((line, at) => ({ after: at > 0, parts: parts(line) })),
  }));
}

/** What an address may not end with: it is of the sentence around it. */
const PIECES = /(`[^`]+`|https?:\/\/[^\s()<>"`]*[^\s()<>"`.,;:!?])/;

function parts(line: string): readonly Part[] {
  const pieces = line.split(PIECES).map((piece, index): Part => {
    const nothing = { text: undefined, code: undefined, link: undefined };
    if (index % 2 === 0) return { ...nothing, text: piece };
    return piece.startsWith("`") ? { ...nothing, code: piece } : { ...nothing, link: piece };
  });
  return pieces.filter(({ text }) => text !== "");
}
