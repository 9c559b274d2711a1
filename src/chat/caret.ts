import { covered } from "../kernel/secrets.ts";

/** UTF-16 units of the line that are shown around a mark: as many as stand side by side on a telephone. */
const SHOWN = 40;

/** Letters that take two columns in a fixed-width font: East Asian wide ones and most emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NARROWLESS = /^(?:\p{Mn}|\p{Me}|\p{Cf})/u;

function columns(text: string): number {
  let count = 0;
  for (const character of text)
    count += NARROWLESS.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return count;
}

/**
 * A line and under it `^` marks beneath one part of it, for a fixed-width font. A long line is cut to the surroundings of the part.
 * `start` and `end` are offsets in UTF-16 units; where they are equal, one mark stands there.
 */
export function marked(
  whole: string,
  start: number,
  end: number,
): { readonly line: string; readonly caret: string } {
  const line = covered(whole);
  const from = start > SHOWN / 2 && line.length > SHOWN ? wholeAt(line, start - SHOWN / 4) : 0;
  const to = line.length - from > SHOWN ? wholeAt(line, from + SHOWN) : line.length;
  const before = (from > 0 ? "…" : "") + line.slice(from, start);
  const under = line.slice(start, Math.min(end, to));
  return {
    line: `${before}${line.slice(start, to)}${to < line.length ? "…" : ""}`,
    caret: " ".repeat(columns(before)) + "^".repeat(Math.max(1, columns(under))),
  };
}

/** An offset that does not cut a character in two. */
function wholeAt(line: string, at: number): number {
  const low = line.charCodeAt(at);
  return low >= 0xdc00 && low <= 0xdfff ? at - 1 : at;
}
