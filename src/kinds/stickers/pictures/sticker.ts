import { UsherError } from "../../../kernel/errors.ts";
import { apngSticker } from "./apngSticker.ts";
import { animatedSticker } from "./encode.ts";
import type { PictureKind } from "./kinds.ts";
import type { StickerPicture } from "./picture.ts";
import { rasterSticker } from "./raster.ts";

/** A picture of any kind as a sticker; to be called in the child process alone. Throws an `UsherError` that says why not, or what its library throws. */
export async function stickerOf(
  kind: PictureKind,
  bytes: Uint8Array,
  format: "webp" | "gif",
): Promise<StickerPicture> {
  if (kind === "apng") return apngSticker(bytes, format);
  if (kind === "webm") throw new UsherError("picture-unknown");
  if (kind !== "gzip" && kind !== "lottie") return rasterSticker(bytes, format);
  // Loaded by the first that needs it: it takes a third of a second.
  const { drawnLottie, unpackedTgs } = await import("./lottie.ts");
  const text = kind === "gzip" ? unpackedTgs(bytes) : bytes;
  return animatedSticker(await drawnLottie(text), format);
}
