import { plain as plainly } from "../kernel/plain.ts";
import { linkTarget, wrappedLinkAt } from "./links.ts";

/** One word of what a person typed, with where it stood, so that a mark can be put under it. */
export interface Token {
  /** Without quotes and escapes; a permalink's target id in place of the link. Of a `key=value` the value alone, of a flag its name. */
  readonly text: string;
  /** Offsets into the text that was tokenised, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** True where quotes held it together: it is then never a flag or a `key=value`, though the value of one may be quoted. */
  readonly quoted: boolean;
  /** In `key=value` and `--key=value`: the key, in lower case. */
  readonly key?: string;
  /** True for `--flag`. */
  readonly flag?: true;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Where a quotation mark stands that is never closed; the last token is then all that follows it. */
  readonly unclosed?: number;
}

/** Phones type “these”; other languages „these“ and «these». Which mark closes is not checked against which opened beyond single or double. */
const DOUBLE = '"“”„‟«»';
const SINGLE = "'‘’‚‛";
const SPACE = /[^\S\ufeff]/u;
/** What nobody sees stands in no word's way, and is kept within a value. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}*/uy;
/** Phones make one long dash of two short ones. Compared after `plain`. */
const FLAG = /^(?:--|[\u2014\u2013])([a-z][a-z0-9-]*)$/;
const KEY =
  /^(?:[-\uff0d]{2}|[\u2014\u2013])?([a-z\uff21-\uff3a\uff41-\uff5a][\w\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\p{Default_Ignorable_Code_Point}-]{0,39})[=\uff1d]/iu;

function closersFor(mark: string | undefined): string | undefined {
  if (mark === undefined || mark === "") return undefined;
  return DOUBLE.includes(mark) ? DOUBLE : SINGLE.includes(mark) ? SINGLE : undefined;
}

function ends(line: string, at: number): boolean {
  const next = afterUnseen(line, at);
  return next >= line.length || SPACE.test(line.charAt(next));
}

function afterUnseen(line: string, at: number): number {
  UNSEEN.lastIndex = at;
  return at + (UNSEEN.exec(line)?.[0].length ?? 0);
}

/**
 * Splits a line into words. Quotes hold a word with spaces together; inside them a backslash keeps the quotation mark or backslash after it,
 * outside it also keeps a space. A quotation mark opens only at the start of a word or value, and closes only at the end of one, so that
 * "don't" is a word. After `--` nothing is a flag or a `key=value`. Links in `<…>` or Markdown are unwrapped. Linear; never throws.
 */
export function tokenize(line: string): Tokens {
  const tokens: Token[] = [];
  let plain = false;
  let at = 0;
  while (at < line.length) {
    if (SPACE.test(line.charAt(at)) || ends(line, at)) {
      at = Math.max(at + 1, afterUnseen(line, at));
      continue;
    }
    const start = at;
    const seen = afterUnseen(line, start);
    const key = plain ? undefined : keyAt(line, seen);
    const from = key === undefined ? seen : afterUnseen(line, seen + key.length);
    const quotes = closersFor(line[from]);
    const name = key === undefined ? {} : { key: key.name };
    if (quotes !== undefined) {
      const { text, end, closed } = quotedAt(line, from + 1, quotes);
      tokens.push({ text, start, end, quoted: true, ...name });
      if (!closed) return { tokens, unclosed: from };
      at = end;
      continue;
    }
    const wrapped = wrappedLinkAt(line, from);
    const { text, end } =
      wrapped !== undefined && ends(line, wrapped.end)
        ? wrapped
        : bareAt(line, key === undefined ? start : seen + key.length);
    at = end;
    const word = key === undefined ? plainly(line.slice(start, end)) : "";
    const flag = plain ? undefined : FLAG.exec(word)?.[1];
    if (flag !== undefined) tokens.push({ text: flag, start, end, quoted: false, flag: true });
    else if (!plain && /^(?:--|\u2014)$/.test(word)) plain = true;
    else tokens.push({ text: linkTarget(text) ?? text, start, end, quoted: false, ...name });
  }
  return { tokens };
}

function keyAt(
  line: string,
  start: number,
): { readonly name: string; readonly length: number } | undefined {
  const found = KEY.exec(line.slice(start, start + 48));
  return found?.[1] === undefined
    ? undefined
    : { name: plainly(found[1]), length: found[0].length };
}

function quotedAt(
  line: string,
  from: number,
  closers: string,
): { readonly text: string; readonly end: number; readonly closed: boolean } {
  let text = "";
  for (let at = from; at < line.length; at += 1) {
    const here = line.charAt(at);
    const next = line.charAt(at + 1);
    if (here === "\\" && next !== "" && (next === "\\" || closersFor(next) !== undefined)) {
      text += next;
      at += 1;
    } else if (closers.includes(here) && ends(line, at + 1))
      return { text, end: at + 1, closed: true };
    else text += here;
  }
  return { text, end: line.length, closed: false };
}

function bareAt(line: string, from: number): { readonly text: string; readonly end: number } {
  let text = "";
  let at = from;
  for (; at < line.length && !SPACE.test(line.charAt(at)); at += 1) {
    const next = line.charAt(at + 1);
    const keeps =
      line[at] === "\\" &&
      next !== "" &&
      (next === "\\" || SPACE.test(next) || closersFor(next) !== undefined);
    if (keeps) at += 1;
    text += line.charAt(at);
  }
  return { text, end: at };
}

/** Writes a text so that it is read as one word again. */
export function quote(text: string): string {
  return `"${[...text].map((one) => (one === "\\" || closersFor(one) !== undefined ? `\\${one}` : one)).join("")}"`;
}

/** A text as people may type it to be read as one word: in quotes only where it needs them. */
export function asTyped(text: string): string {
  const { tokens, unclosed } = tokenize(text);
  const [only] = tokens;
  const bare =
    unclosed === undefined &&
    tokens.length === 1 &&
    only?.text === text &&
    !only.quoted &&
    only.key === undefined;
  return bare && only.flag !== true ? text : quote(text);
}
