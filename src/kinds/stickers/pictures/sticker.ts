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
  // What is in WebAssembly is loaded by the first that needs it: it takes a third of a second.
  if (kind === "webm") {
    const { drawnWebm } = await import("./webm.ts");
    return animatedSticker(await drawnWebm(bytes), format);
  }
  if (kind !== "gzip" && kind !== "lottie") return rasterSticker(bytes, format);
  const { drawnLottie, unpackedTgs } = await import("./lottie.ts");
  const text = kind === "gzip" ? unpackedTgs(bytes) : bytes;
  return animatedSticker(await drawnLottie(text), format);
}
