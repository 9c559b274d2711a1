import type { MxcUri } from "../../kernel/ids.ts";
import { inMemory } from "../../matrix/byteSource.ts";
import type { Media } from "../../matrix/port.ts";
import { declareUpload } from "../../privacy/declared.ts";
import { STICKER_PICTURES } from "./dataMap.ts";
import type { StickerPicture } from "./pictures/pictures.ts";

/** How large the file of a picture may be that somebody sends; bytes. */
export const MOST_SENT = 10 * 1024 * 1024;

const PICTURE = declareUpload("a sticker's picture", STICKER_PICTURES);

/** Puts a picture of a pack into the media repository, unencrypted: whoever shows a sticker has to read it there. Rejects as `upload`. */
export function placePicture(
  matrix: Pick<Media, "upload">,
  code: string,
  { bytes, mimetype }: StickerPicture,
): Promise<MxcUri> {
  const name = `${code}.${mimetype.slice("image/".length)}`;
  return matrix.upload({ holds: PICTURE, name, mimetype, bytes: inMemory(bytes) });
}
