import { asEventId, asRoomAlias, asRoomId, asUserId } from "../kernel/ids.ts";

/** UTF-16 units; a link to a Matrix thing never comes near it. */
const MAX_LINK = 2_048;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The first part up to a `?`: what follows (`via`, `action`) says how to get there, not where. */
function path(text: string): string {
  const query = text.indexOf("?");
  return query === -1 ? text : text.slice(0, query);
}

function known(id: string | undefined): string | undefined {
  return id === undefined
    ? undefined
    : (asUserId(id) ?? asRoomId(id) ?? asRoomAlias(id) ?? asEventId(id));
}

/**
 * The id of the person, room, alias or event that a link leads to: `https://matrix.to/#/…` or `matrix:…`; undefined for any other text.
 * Source: Matrix specification, appendices, "URIs" (both schemes, percent-encoded ids, `via` and `action` without meaning here).
 */
export function linkTarget(link: string): string | undefined {
  if (link.length > MAX_LINK) return undefined;
  const web = /^https?:\/\/(?:www\.)?matrix\.to\/#\//i.exec(link);
  if (web !== null) {
    const parts = path(link.slice(web[0].length)).split("/").map(decoded);
    return known(parts[1] === undefined || parts[1] === "" ? parts[0] : parts[1]);
  }
  if (!/^matrix:/i.test(link)) return undefined;
  const [kind, id, sub, event] = path(link.slice("matrix:".length)).split("/").map(decoded);
  const sigil =
    kind === "u" || kind === "user"
      ? "@"
      : kind === "r" || kind === "room"
        ? "#"
        : kind === "roomid"
          ? "!"
          : undefined;
  if (sigil === undefined || id === undefined || id === "") return undefined;
  const place = known(sigil + id);
  return place !== undefined && (sub === "e" || sub === "event") && event !== undefined
    ? known(`$${event}`)
    : place;
}

const ADDRESS = /^(?:https?:\/\/|matrix:)/i;

/**
 * The link that is wrapped at this place, as `<https://…>` or in Markdown as `[words](https://…)`, with where its wrapping ends;
 * undefined if nothing is wrapped here. A link to a Matrix thing becomes that thing's id.
 */
export function wrappedLinkAt(
  line: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const opening = line[start];
  if (opening !== "<" && opening !== "[") return undefined;
  let from = start + 1;
  if (opening === "[") {
    const middle = line.slice(start, start + MAX_LINK).indexOf("](");
    if (middle === -1) return undefined;
    from = start + middle + 2;
  }
  const rest = line.slice(from, from + MAX_LINK);
  const length = rest.indexOf(opening === "<" ? ">" : ")");
  if (length === -1) return undefined;
  const link = rest.slice(0, length);
  if (!ADDRESS.test(link) || /\s/u.test(link)) return undefined;
  return { text: linkTarget(link) ?? link, end: from + length + 1 };
}
