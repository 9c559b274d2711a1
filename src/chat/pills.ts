import { linkTarget } from "./links.ts";

/** A link in a message's HTML that leads to a person, room or event, with the words it shows and those since the pill before it. */
interface Pill {
  readonly id: string;
  readonly label: string;
  readonly before: string;
}

const MAX_PILLS = 50;
const MAX_LABEL = 255;
const MAX_TAG = 4_096;
const MAX_ENTITY = 32;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
};

function character(entity: string): string | undefined {
  const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(entity);
  if (number === null) return ENTITIES[entity];
  const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : "\ufffd";
}

function unescaped(text: string): string {
  return text.replaceAll(/&([#A-Za-z0-9]{1,32});/g, (whole, entity: string) =>
    entity.length > MAX_ENTITY ? whole : (character(entity) ?? whole),
  );
}

function hrefOf(tag: string): string | undefined {
  if (tag.length > MAX_TAG) return undefined;
  const found = /\shref\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag);
  return found === null ? undefined : unescaped(found[1] ?? found[2] ?? found[3] ?? "");
}

/**
 * The pills of a message's HTML, in order. Reads no more of HTML than that takes: tags, `href`, character references, and the `<mx-reply>`
 * of old clients, which is left out. Whatever is broken is text. One pass, linear in the length.
 */
function pillsIn(html: string): readonly Pill[] {
  const pills: Pill[] = [];
  let before = "";
  let open: { id: string; label: string } | undefined;
  let inReply = false;
  const add = (raw: string): void => {
    if (raw === "" || inReply) return;
    if (open === undefined) before += unescaped(raw);
    else open.label += unescaped(raw);
  };

  let at = 0;
  while (at < html.length && pills.length < MAX_PILLS) {
    const start = html.indexOf("<", at);
    const end = start === -1 ? -1 : html.indexOf(">", start);
    if (end === -1) break;
    add(html.slice(at, start));
    at = end + 1;
    const tag = html.slice(start + 1, end);
    const name = /^\/?[a-z0-9-]{1,16}/i.exec(tag)?.[0].toLowerCase();
    if (name === "mx-reply") inReply = true;
    else if (name === "/mx-reply") inReply = false;
    else if (name === "a" && open === undefined && !inReply) {
      const id = linkTarget(hrefOf(tag) ?? "");
      if (id !== undefined) open = { id, label: "" };
    } else if (name === "/a" && open !== undefined) {
      pills.push({ id: open.id, label: open.label, before });
      before = "";
      open = undefined;
    }
  }
  return pills;
}

/** How often `part` occurs in `text`, without overlaps. */
function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length))
    count += 1;
  return count;
}

/**
 * The plain body with every pill replaced by the id it leads to. The body stays the authority for all other words: the HTML beside it has lost
 * what Markdown took out. A pill stands where its words occur in the body for as many times as they do in the HTML; one that is not found there
 * changes nothing.
 */
export function withPills(body: string, html: string): string {
  let line = "";
  let from = 0;
  for (const { id, label, before } of pillsIn(html)) {
    if (label.trim() === "" || label.length > MAX_LABEL) continue;
    let at = body.indexOf(label, from);
    for (let skip = occurrences(before, label); skip > 0 && at !== -1; skip -= 1)
      at = body.indexOf(label, at + label.length);
    if (at === -1) continue;
    line += body.slice(from, at) + id;
    from = at + label.length;
  }
  return line + body.slice(from);
}
