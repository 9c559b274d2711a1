import { createHash } from "node:crypto";
import { z } from "zod";
import { asMxcUri, type MxcUri } from "../../kernel/ids.ts";
import { isContent } from "../../matrix/events.ts";
import type { Content } from "../../matrix/port.ts";
import { byPlace } from "./order.ts";

/** One picture of a pack. What others wrote beside what Usher knows stays as it is. */
export type PackImage = Content & { readonly url: MxcUri };

/** A pack of pictures, wherever it stands and in how many events. */
export interface Pack {
  /** What the event says under `pack`: `display_name`, `usage`, `attribution` and what others wrote there. */
  readonly about: Content;
  /** By shortcode, in the order in which they are shown and numbered. */
  readonly images: ReadonlyMap<string, PackImage>;
}

/** The rule for shortcodes (MSC2545), without the one name that no content is read with (`isContent`); what others wrote need not keep it. */
export const SHORTCODE = /^(?!__proto__$)[A-Za-z0-9_-]{1,100}$/;

const url = z
  .string()
  .transform((text, context) => asMxcUri(text) ?? (context.addIssue("no address"), z.NEVER));
const image = z.looseObject({ url }) as unknown as z.ZodType<PackImage>;

/**
 * Reads one event of a pack, tolerantly: as the specification has it, and as older clients wrote it (`emoticons`, `short`). What is no picture is passed over.
 * Undefined where it is no pack: emptied, or something else.
 */
export function readPack(content: Content): Pack | undefined {
  const { images, emoticons, short, pack } = content;
  if (![images, emoticons, short].some(isContent)) return undefined;
  const found = [
    ...entriesOf(short).map(([code, one]) => [code, { url: one }] as const),
    ...entriesOf(emoticons),
    ...entriesOf(images),
  ].flatMap(([code, one]) => {
    const read = image.safeParse(one);
    return read.success ? [[bare(code), read.data] as const] : [];
  });
  return { about: isContent(pack) ? pack : {}, images: ordered(found) };
}

/** In the order in which people see and number them (`byPlace`): a homeserver keeps none. */
export function ordered(
  images: Iterable<readonly [string, PackImage]>,
): ReadonlyMap<string, PackImage> {
  return new Map([...new Map(images)].sort(byPlace));
}

/** Under which licence a pack's pictures are, in words of whoever made it: the specification has no field for it. */
export const LICENCE = "usher.licence";

/** What a pack says of itself in this field, in at most 300 UTF-16 units; undefined where it says nothing. */
export function saidIn({ about }: Pack, field: "attribution" | typeof LICENCE): string | undefined {
  const words = about[field];
  return typeof words === "string" && words.trim() !== ""
    ? words.trim().slice(0, 300).toWellFormed()
    : undefined;
}

/** What people call it: as it names itself, else its key. UTF-16 units: 60 at most. */
export function nameOfPack({ about }: Pack, key: string): string {
  const name = about["display_name"];
  const said = typeof name === "string" && name.trim() !== "" ? name.trim() : key;
  return said.length <= 60 ? said : `${said.slice(0, 59).toWellFormed()}…`;
}

/** A short hash of something that Usher wrote, to see later whether somebody else has changed it. The order of fields is nothing. */
export function shortHash(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, 12);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    isContent(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isContent(value) ? Object.entries(value) : [];
}

/** Old packs name pictures `:so:`. */
function bare(code: string): string {
  return /^:(.+):$/.exec(code)?.[1] ?? code;
}
