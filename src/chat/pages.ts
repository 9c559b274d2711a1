import { toPlain, type Rendered } from "./render.ts";

/** What one message may weigh, body and HTML together as JSON, in bytes: half of what an event may (65 536), which leaves room for encryption. */
const PAGE_BYTES = 30_000;
/** Room for "(page 10 of 12)", twice. */
const NOTE_BYTES = 120;
/** So much one answer is at most, in all its messages: what others have written into a room's state may be without end, and must not fill the room. */
const MOST_BYTES = 20 * PAGE_BYTES;
/** How finely a block that fits on no page is cut: this share of the page, in UTF-16 units of HTML. One takes up to six bytes, counted in both bodies. */
const CHUNK_SHARE = 1 / 10;

interface Element {
  readonly opening: string;
  readonly closing: string;
  readonly block: boolean;
}

/** A run of text, or a line break, with the elements it stands in, outermost first. */
interface Leaf {
  readonly html: string;
  readonly within: readonly Element[];
}

/**
 * Cuts an answer into messages of at most `limit` bytes, between paragraphs and list items where it can, between words where one
 * block is longer than a page. No element, escaped character or code point is cut. Each page of several says which it is, and the last whether more was left out.
 */
export function pages(answer: Rendered, limit = PAGE_BYTES): readonly Rendered[] {
  if (bytes(answer) <= limit) return [answer];
  const fits = (leaves: readonly Leaf[]): boolean =>
    bytes(asRendered(leaves)) <= limit - NOTE_BYTES;
  const blocks = intoBlocks(intoLeaves(answer.html)).flatMap((block) =>
    fits(block)
      ? [block]
      : block.flatMap((leaf) => intoChunks(leaf, (limit - NOTE_BYTES) * CHUNK_SHARE)),
  );

  const parts: (readonly Leaf[])[] = [];
  let from = 0;
  while (from < blocks.length && parts.length * limit < MOST_BYTES) {
    const most = atMost(blocks, from, limit);
    const count = longest(most, (n) => fits(blocks.slice(from, from + n).flat()));
    parts.push(blocks.slice(from, from + count).flat());
    from += count;
  }
  const more = from < blocks.length ? "; the rest is left out" : "";
  return parts.map((leaves, index) => {
    const number = index + 1;
    const end = number === parts.length ? more : "";
    const note = `(page ${String(number)} of ${String(parts.length)}${end})`;
    const page = asRendered(leaves);
    return { body: `${page.body}\n\n${note}`, html: `${page.html}<p>${note}</p>` };
  });
}

/** How many blocks from here on may fit on a page at all: each weighs at least as many bytes as its HTML has UTF-16 units. */
function atMost(blocks: readonly (readonly Leaf[])[], from: number, limit: number): number {
  let [count, weight] = [0, 0];
  while (from + count < blocks.length && weight <= limit) {
    weight += (blocks[from + count] ?? []).reduce((sum, { html }) => sum + html.length, 0);
    count += 1;
  }
  return count;
}

/** The largest n of 1 … most that passes; 1 if none does. What passes for n passes for fewer. */
function longest(most: number, passes: (n: number) => boolean): number {
  let low = 1;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function bytes(page: Rendered): number {
  return Buffer.byteLength(JSON.stringify({ body: page.body, formatted_body: page.html }));
}

function asRendered(leaves: readonly Leaf[]): Rendered {
  const html = toHtml(leaves);
  return { body: toPlain(html), html };
}

/** Reads HTML as the renderer makes it: known elements only, every ">" of a value escaped. */
function intoLeaves(html: string): readonly Leaf[] {
  const leaves: Leaf[] = [];
  let within: readonly Element[] = [];
  for (const piece of html.split(/(<[^>]*>)/).filter((one) => one !== "")) {
    const name = /^<([a-z]+)/.exec(piece)?.[1];
    if (piece.startsWith("</")) within = within.slice(0, -1);
    else if (name === undefined || name === "br") leaves.push({ html: piece, within });
    else
      within = [
        ...within,
        { opening: piece, closing: `</${name}>`, block: /^(?:p|ul|li|pre)$/.test(name) },
      ];
  }
  return leaves;
}

/** Puts together what stands in the same innermost block element. */
function intoBlocks(leaves: readonly Leaf[]): readonly (readonly Leaf[])[] {
  const blocks: Leaf[][] = [];
  let last: Element | undefined;
  for (const leaf of leaves) {
    const block = leaf.within.findLast((element) => element.block);
    const current = blocks.at(-1);
    if (current !== undefined && block === last) current.push(leaf);
    else blocks.push([leaf]);
    last = block;
  }
  return blocks;
}

/** Cuts one leaf at spaces, or, in a word longer than a chunk, between code points. */
function intoChunks(leaf: Leaf, size: number): readonly (readonly Leaf[])[] {
  const chunks: string[] = [];
  let chunk = "";
  for (const word of leaf.html.match(/<[^>]*>|[^\s<]+|\s+/g) ?? []) {
    for (const unit of word.length > size ? (word.match(/&[^;\s]+;|./gsu) ?? []) : [word]) {
      if (chunk.length + unit.length > size) {
        chunks.push(chunk);
        chunk = "";
      }
      chunk += unit;
    }
  }
  return [...chunks, chunk]
    .filter((one) => one !== "")
    .map((one) => [{ html: one, within: leaf.within }]);
}

/** Writes leaves as HTML, opening and closing elements where the path changes. */
function toHtml(leaves: readonly Leaf[]): string {
  let html = "";
  let open: readonly Element[] = [];
  const goTo = (within: readonly Element[]): void => {
    const common = open.findIndex((element, index) => element !== within[index]);
    const kept = common === -1 ? open.length : common;
    for (const element of open.slice(kept).reverse()) html += element.closing;
    for (const element of within.slice(kept)) html += element.opening;
    open = within;
  };
  for (const leaf of leaves) {
    goTo(leaf.within);
    html += leaf.html;
  }
  goTo([]);
  return html;
}
