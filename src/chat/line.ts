import { trimmed } from "../kernel/plain.ts";
import { withPills } from "./pills.ts";

/** What a message says, as far as Usher looks at it. */
export interface Line {
  /** The first line, with a target's id in place of every pill, without what nobody sees at its ends. */
  readonly line: string;
  /** Whom the message quotes before that, as old clients do in a reply; an id as it stands there. */
  readonly quotes?: string;
}

/** The line of a message that counts, whatever is said in it: what follows it is for the people in the room, or a signature. */
export function lineOf(body: string, html?: string): Line {
  const { own, quotes } = withoutFallback(body);
  const start = withoutBeginning(own);
  const linked = html === undefined ? start : withPills(start, html);
  const end = linked.search(LINE_END);
  return {
    line: trimmed(end === -1 ? linked : linked.slice(0, end)),
    ...(quotes === undefined ? {} : { quotes }),
  };
}

/** What a message says below that line. */
export function belowLine(body: string): string {
  const start = withoutBeginning(withoutFallback(body).own);
  const end = start.search(LINE_END);
  return end === -1 ? "" : start.slice(end).trim();
}

const LINE_END = /[\n\r\u2028\u2029]/u;

/** Without what nobody sees, and empty lines, at its beginning. */
function withoutBeginning(text: string): string {
  return text.replace(/^[\s\p{Default_Ignorable_Code_Point}]+/u, "");
}

const QUOTED = /^> (?:\* )?<(@[^>\s]{1,255})>/u;

/** Without the quotation that old clients put before a reply: lines with ">", the first of which names a person. */
function withoutFallback(body: string): { readonly own: string; readonly quotes?: string } {
  const quotes = QUOTED.exec(body)?.[1];
  if (quotes === undefined) return { own: body };
  let at = 0;
  while (body.startsWith(">", at)) {
    const end = body.indexOf("\n", at);
    if (end === -1) return { own: "", quotes };
    at = end + 1;
  }
  return { own: body.slice(at), quotes };
}
