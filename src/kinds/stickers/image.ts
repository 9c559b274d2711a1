import type { View } from "../../kernel/errors.ts";
import type { MxcUri } from "../../kernel/ids.ts";
import { isContent } from "../../matrix/events.ts";
import type { PackImage } from "./pack.ts";
import type { StickerPicture } from "./pictures/pictures.ts";

/**
 * A picture as a pack has it (MSC2545). Its file is twice as large as it is to be shown (specification, "Sticker messages"): whole numbers, or some apps drop it.
 * `is_animated` under both of its names (MSC4230).
 */
export function imageOf(
  url: MxcUri,
  { bytes, mimetype, width, height, animated }: StickerPicture,
  body: string | undefined,
): PackImage {
  const moves = animated ? { is_animated: true, "org.matrix.msc4230.is_animated": true } : {};
  return {
    url,
    ...(body === undefined ? {} : { body }),
    info: {
      ...{ w: Math.max(1, Math.round(width / 2)), h: Math.max(1, Math.round(height / 2)) },
      ...{ mimetype, size: bytes.length, ...moves },
    },
  };
}

/** UTF-16 units of JSON: what bridges write beside a picture has room in it. */
const MOST_INFO = 2_000;

/**
 * What a sticker that is sent or handed out says of its picture: others may have written anything into a pack, and apps rely on whole numbers. Without thumbnails, which would show
 * another picture; where all of it is too long for an event, what the specification has alone.
 */
export function infoOfStored(info: unknown): View {
  const known = isContent(info) ? info : {};
  const { mimetype } = known;
  const measures = (["w", "h", "size"] as const).flatMap((key) => {
    const value = known[key];
    return Number.isSafeInteger(value) && (value as number) > 0 ? [[key, value] as const] : [];
  });
  const moves = Object.entries(known).filter(
    ([key, value]) => /(?:^|\.)is_animated$/.test(key) && typeof value === "boolean",
  );
  const own = {
    ...Object.fromEntries([...measures, ...moves]),
    ...(typeof mimetype === "string" && mimetype.length <= 100 ? { mimetype } : {}),
  };
  const others = Object.entries(known).filter(
    ([key]) => !/^(?:w|h|size|mimetype|thumbnail_.*|(?:.*\.)?is_animated)$/.test(key),
  );
  const all = { ...own, ...Object.fromEntries(others) };
  return JSON.stringify(all).length <= MOST_INFO ? all : own;
}
