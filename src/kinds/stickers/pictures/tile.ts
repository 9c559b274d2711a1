import { UsherError } from "../../../kernel/errors.ts";
import { kindOf } from "./kinds.ts";
import { firstFrame } from "./raster.ts";

/** The longest side of a picture on a contact sheet, pixels. */
const TILE_SIDE = 234;

/** A picture as a tile shows it: its first frame as PNG, inside `TILE_SIDE`, never larger than it is. Throws as a sticker would. */
export async function drawTile(bytes: Uint8Array): Promise<Buffer> {
  const kind = kindOf(bytes);
  if (kind === "gzip" || kind === "lottie" || kind === "webm")
    throw new UsherError("picture-unknown");
  const picture = await firstFrame(bytes);
  return picture
    .resize({ width: TILE_SIDE, height: TILE_SIDE, fit: "inside", withoutEnlargement: true })
    .png({ compressionLevel: 3 })
    .toBuffer();
}
