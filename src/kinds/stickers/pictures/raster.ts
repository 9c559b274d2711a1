import { UsherError } from "../../../kernel/errors.ts";
import { drawnSize, shownDelay, type Animation } from "./animation.ts";
import { animatedSticker, stillSticker } from "./encode.ts";
import { LIMITS, withinLimits, type Measures } from "./limits.ts";
import { sharp } from "./loadSharp.ts";
import type { StickerPicture } from "./picture.ts";

/** What the head of a picture says. */
interface Head {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly delays: readonly number[];
  readonly loop: number;
}

/**
 * A PNG, JPEG, GIF or WebP as a sticker. Its head is read before any of its pixels. Throws `picture-too-large`, or `picture-broken` for what sharp cannot
 * read to its end.
 */
export async function rasterSticker(
  bytes: Uint8Array,
  format: "webp" | "gif",
): Promise<StickerPicture> {
  const head = await headOf(bytes);
  return head.frames === 1
    ? stillSticker(opened(bytes, LIMITS.millions))
    : animatedSticker(await framesOf(bytes, head), format);
}

/** Its first frame, opened and not yet decoded; throws as `rasterSticker`. */
export async function firstFrame(bytes: Uint8Array): Promise<ReturnType<typeof sharp>> {
  await headOf(bytes);
  return opened(bytes, LIMITS.millions);
}

async function headOf(bytes: Uint8Array): Promise<Head> {
  withinLimits(canvasOf(bytes));
  // The limit of sharp is passed over for the head alone: ours says which of them it is.
  const { width, height, pages, pageHeight, delay, loop } = await sharp(bytes, {
    animated: true,
    limitInputPixels: false,
  }).metadata();
  const frames = pages ?? 1;
  const one = { width, height: pageHeight ?? height, frames };
  withinLimits(one);
  const delays = Array.from({ length: frames }, (_, index) => shownDelay(delay?.[index] ?? 0));
  return { ...one, delays, loop: loop ?? 0 };
}

/** What an animated WebP says of its size (`VP8X`, RFC 9649, 2.7): all of that is memory as soon as its head is read. Nothing of others. */
function canvasOf(given: Uint8Array): Measures {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.length);
  if (bytes.length < 30 || bytes.toString("latin1", 8, 16) !== "WEBPVP8X")
    return { width: 0, height: 0, frames: 1 };
  return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3), frames: 1 };
}

/** Turned as its camera says, in sRGB; what is damaged is refused and not guessed. */
function opened(bytes: Uint8Array, millions: number): ReturnType<typeof sharp> {
  return sharp(bytes, { failOn: "error", limitInputPixels: millions * 1e6 })
    .autoOrient()
    .toColourspace("srgb");
}

async function framesOf(bytes: Uint8Array, head: Head): Promise<Animation> {
  const size = drawnSize(head, head.frames);
  const frames = await sharp(bytes, {
    animated: true,
    failOn: "error",
    limitInputPixels: LIMITS.allMillions * 1e6,
  })
    .resize({ ...size, fit: "fill" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
  if (frames.length !== size.width * size.height * 4 * head.frames)
    throw new UsherError("picture-broken");
  return { ...size, frames, delays: head.delays, loop: head.loop };
}
