import { digest, type EventId, type UserId } from "../../kernel/ids.ts";
import type { Content } from "../../matrix/port.ts";

/**
 * The variables that clients fill into a widget's address, with what each hands to the website that is shown
 * (matrix-widget-api, templating; reference "URL variables"). The words are template names under `variable/`.
 */
export const URL_VARIABLES: ReadonlyMap<string, string> = new Map([
  ["matrix_user_id", "user-id"],
  ["matrix_display_name", "display-name"],
  ["matrix_avatar_url", "avatar"],
  ["matrix_room_id", "room-id"],
  ["matrix_widget_id", "widget-id"],
  ["org.matrix.msc2873.client_id", "client"],
  ["org.matrix.msc2873.client_theme", "theme"],
  ["org.matrix.msc2873.client_language", "language"],
  ["org.matrix.msc3819.matrix_device_id", "device-id"],
  ["org.matrix.msc4039.matrix_base_url", "homeserver"],
  // Element and Nheko fill this one in too, for every widget.
  ["theme", "theme"],
]);

// Longest first: clients replace by plain search, so a shorter name must not be taken for the beginning of a longer one.
const VARIABLE = new RegExp(
  `\\$(${[...URL_VARIABLES.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll(".", "\\."))
    .join("|")})(?![A-Za-z0-9_])`,
  "g",
);

/** The address as it must stand in the state: every `$` that is not a known variable is encoded, or clients could replace it. */
export function stateUrl(url: URL): string {
  const kept: string[] = [];
  // A letter from the private use area cannot stand in a URL that was parsed, so it marks the place safely.
  const marked = url.href.replace(
    VARIABLE,
    (variable) => `\uE000${String(kept.push(variable) - 1)}\uE001`,
  );
  return marked
    .replaceAll("$", "%24")
    .replace(/\uE000(\d+)\uE001/g, (_, index: string) => kept[Number(index)] ?? "");
}

/**
 * The address of a widget that others added, as it opens for somebody of whom nothing is told: what stands in its `data` is filled in as clients
 * do, by plain search in the order of the keys, and the variables of clients are left empty (matrix-widget-api, `runTemplate`).
 */
export function filledUrl(url: string, data: Content): string {
  // Others write what they like: an address of a thousand variables, each a page long, is shown as it stands.
  if (url.length > LONGEST_FILLED) return url;
  let filled = url;
  for (const [key, value] of Object.entries(data)) {
    if (
      !["string", "number", "boolean"].includes(typeof value) ||
      String(value).length > LONGEST_FILLED ||
      !filled.includes(`$${key}`)
    )
      continue;
    filled = filled.replaceAll(`$${key}`, () => encodeURIComponent(String(value).toWellFormed()));
    if (filled.length > LONGEST_FILLED) return url;
  }
  return filled.replaceAll(VARIABLE, "");
}

/** As long as addresses are that people open; UTF-16 units. */
const LONGEST_FILLED = 2_048;

/** What the address hands to the website about whoever opens it: names under `variable/`, each once. */
export function handsOver(url: string): readonly string[] {
  return [
    ...new Set([...url.matchAll(VARIABLE)].map((match) => URL_VARIABLES.get(match[1] ?? "") ?? "")),
  ].filter((name) => name !== "");
}

/** A short id that people can type, always the same for the same command: the definition's word or the site's name, and six letters. */
export function widgetId(of: string | URL, cause: EventId): string {
  return `${typeof of === "string" ? of : siteName(of)}-${letters(cause, "widget").slice(0, 6)}`;
}

/** The word in an address by which people know the site: "example" of https://www.pad.example.org. */
function siteName(url: URL): string {
  const labels = url.hostname.split(".").filter((label) => label !== "www");
  const site = (labels.length > 1 ? labels.at(-2) : labels[0]) ?? "";
  return site.replaceAll(/[^a-z0-9-]/g, "").slice(0, 20) || "widget";
}

/** 24 small letters that follow from the command and a purpose: the same at every try, and not to be guessed without its event id. */
export function letters(cause: EventId, purpose: string): string {
  return [...`${digest(purpose, cause, "1")}${digest(purpose, cause, "2")}`.slice(0, 24)]
    .map((one) => "abcdefghijklmnopqrstuvwxyz".charAt(one.charCodeAt(0) % 26))
    .join("");
}

/** The state content of a widget, in the form that Element reads (reference §3.1). */
export function widgetContent(widget: {
  readonly id: string;
  readonly type: string;
  readonly url: string;
  readonly name: string;
  readonly creator: UserId;
  readonly data?: Content;
}): Content {
  return {
    type: widget.type,
    url: widget.url,
    name: widget.name,
    id: widget.id,
    creatorUserId: widget.creator,
    waitForIframeLoad: true,
    data: { ...widget.data, title: widget.name },
  };
}
