import type { MxcUri } from "../../kernel/ids.ts";
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
