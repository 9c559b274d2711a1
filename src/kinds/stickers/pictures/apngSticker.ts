import { drawnSize } from "./animation.ts";
import { splitApng } from "./apng.ts";
import { Canvas } from "./canvas.ts";
import { animatedSticker, drawn } from "./encode.ts";
import { LIMITS } from "./limits.ts";
import { sharp } from "./loadSharp.ts";
import type { StickerPicture } from "./picture.ts";

/** An APNG as a sticker. Throws as `splitApng`, or what sharp throws for a frame that it cannot read. */
export async function apngSticker(
  bytes: Uint8Array,
  format: "webp" | "gif",
): Promise<StickerPicture> {
  const { width, height, loop, frames } = splitApng(bytes);
  const canvas = new Canvas(width, height);
  const size = drawnSize({ width, height }, frames.length);
  const pictures: Buffer[] = [];
  for (const frame of frames) {
    const picture = sharp(frame.png, {
      failOn: "error",
      limitInputPixels: LIMITS.millions * 1e6,
    });
    const end = canvas.draw(frame, await drawn(picture, frame));
    const raw = { width, height, channels: 4 as const };
    pictures.push(await drawn(sharp(canvas.pixels, { raw }), size));
    end();
  }
  return animatedSticker(
    {
      ...size,
      frames: Buffer.concat(pictures),
      delays: frames.map(({ delay }) => delay),
      loop,
    },
    format,
  );
}
