import { UsherError } from "../../kernel/errors.ts";
import { isContent } from "../../matrix/events.ts";
import type { Content, Media } from "../../matrix/port.ts";
import type { PackImage } from "./pack.ts";
import { kindOf, type PictureKind } from "./pictures/kinds.ts";
import type { Pictures, StickerPicture } from "./pictures/pictures.ts";
import { storedPicture } from "./stored.ts";

/** What a pack's moving pictures are. */
export const PACK_FORMATS = ["webp", "gif"] as const;
export type PackFormat = (typeof PACK_FORMATS)[number];

/** The field in which a pack says so: the specification has none. */
const FORMAT = "usher.format";

/** WebP unless the pack is set to GIF. */
export function formatOf(about: Content): PackFormat {
  return about[FORMAT] === "gif" ? "gif" : "webp";
}

export function withFormat(about: Content, format: PackFormat): Content {
  const { [FORMAT]: _, ...rest } = about;
  return format === "gif" ? { ...rest, [FORMAT]: format } : rest;
}

export interface ReformatDeps {
  readonly matrix: Pick<Media, "download">;
  readonly pictures: Pick<Pictures, "sticker">;
  /** Puts what was made of a picture into the media repository. */
  readonly placed: (code: string, old: PackImage, picture: StickerPicture) => Promise<PackImage>;
  /** What was made of it before and lies there already. */
  readonly known: (code: string, old: PackImage) => PackImage | undefined;
  /** Which picture comes next, from 0. */
  readonly next: (index: number) => void;
  /** Asked before each. */
  readonly goesOn: () => boolean;
}

export interface Reformatted {
  readonly images: ReadonlyMap<string, PackImage>;
  /** The shortcodes of those that stay as they are. */
  readonly failed: readonly string[];
}

/**
 * The pictures that move and are not of this format, made anew in it, by their shortcodes; and the shortcodes of those with which that fails, which stay as they are. Rejects with
 * `room-limited`, and as `placed` does.
 */
export async function reformatted(
  { matrix, pictures, placed, known, next, goesOn }: ReformatDeps,
  images: ReadonlyMap<string, PackImage>,
  format: PackFormat,
): Promise<Reformatted> {
  const made = new Map<string, PackImage>();
  const failed: string[] = [];
  const silent = new Set<string>();
  for (const [index, [code, image]] of [...images].entries()) {
    if (!goesOn()) break;
    next(index);
    const before = known(code, image);
    if (before !== undefined) {
      made.set(code, inPlaceOf(image, before));
      continue;
    }
    const bytes = await storedPicture(matrix, image, silent);
    if (bytes !== undefined && !differs(bytes, format)) continue;
    const picture = bytes && (await drawn(pictures, bytes, format));
    if (picture === undefined) failed.push(code);
    else made.set(code, inPlaceOf(image, await placed(code, image, picture)));
  }
  return { images: made, failed };
}

/** The new picture with all that is said of the old one, but for what was true of its file alone. */
function inPlaceOf(image: PackImage, { url, info }: PackImage): PackImage {
  const said = Object.entries(isContent(image["info"]) ? image["info"] : {}).filter(
    ([key]) => !/^thumbnail_|is_animated$/.test(key),
  );
  return { ...image, url, info: { ...Object.fromEntries(said), ...(info as Content) } };
}

/** Whether it may move and is not of the format. What it is, its bytes say and nobody else. */
function differs(bytes: Buffer, format: PackFormat): boolean {
  const kind = knownKind(bytes);
  if (kind === "webp") return format === "gif" && isMoving(bytes);
  return kind === "gif" ? format === "webp" : kind !== "png" && kind !== "jpeg";
}

/** Of an animated WebP, the second of its flags says so (RFC 9649, 2.7). */
function isMoving(bytes: Buffer): boolean {
  return bytes.toString("latin1", 8, 16) === "WEBPVP8X" && ((bytes[20] ?? 0) & 2) !== 0;
}

function knownKind(bytes: Buffer): PictureKind | undefined {
  try {
    return kindOf(bytes);
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}

async function drawn(
  pictures: Pick<Pictures, "sticker">,
  bytes: Buffer,
  format: PackFormat,
): Promise<StickerPicture | undefined> {
  try {
    return await pictures.sticker(bytes, format);
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}
