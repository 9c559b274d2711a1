import { drawnSize, frameOf, STICKER_SIDE, thinned, type Animation } from "./animation.ts";
import { sharp } from "./loadSharp.ts";
import type { StickerPicture } from "./picture.ts";

/** What an animation is tried as, best first: longest side, ms between frames, quality. */
interface Step {
  readonly side: number;
  readonly ms: number;
  readonly quality: number;
}

/** Measured on Telegram's stickers: most stay below the measure with the first. */
const WEBP_STEPS: readonly Step[] = [
  { side: STICKER_SIDE, ms: 40, quality: 60 },
  { side: 384, ms: 50, quality: 55 },
  { side: 256, ms: 50, quality: 50 },
];
/** GIF takes two to three times the bytes. */
const GIF_STEPS: readonly Step[] = [
  { side: 384, ms: 50, quality: 0 },
  { side: 256, ms: 50, quality: 0 },
  { side: 192, ms: 70, quality: 0 },
];
/** An animation that is larger is tried with the next step; the last is taken whatever it is. Bytes. */
const ENOUGH = { webp: 500_000, gif: 1_000_000 };

/** From which alpha on a pixel of a GIF is there: half transparent glass is, the rim of a shadow is not. */
const SEEN = 64;

/** A still picture as a sticker, from whatever sharp reads. It is WebP for every format: of a GIF, nothing but motion is wanted. */
export async function stillSticker(picture: ReturnType<typeof sharp>): Promise<StickerPicture> {
  const { data, info } = await picture
    .resize({
      width: STICKER_SIDE,
      height: STICKER_SIDE,
      fit: "inside",
      withoutEnlargement: true,
    })
    .webp({ quality: 85, alphaQuality: 100, smartSubsample: true, effort: 4 })
    .toBuffer({ resolveWithObject: true });
  return {
    bytes: data,
    mimetype: "image/webp",
    width: info.width,
    height: info.height,
    animated: false,
  };
}

/** An animation as a sticker; one that does not move as a still picture. */
export async function animatedSticker(
  animation: Animation,
  format: "webp" | "gif",
): Promise<StickerPicture> {
  if (animation.delays.length === 1) return stillSticker(rawOf(animation, frameOf(animation, 0)));
  // What it was made of lies about, as much again as it is itself, and would until there is far more.
  globalThis.gc?.();
  const steps = format === "gif" ? GIF_STEPS : WEBP_STEPS;
  let now = animation;
  let made: StickerPicture | undefined;
  for (const step of steps) {
    const size = drawnSize(animation, 1, step.side);
    // Who is small already is not helped by the next step's size, and may be by its frames.
    now = await resized(thinned(now, step.ms), size);
    made = await encoded(now, format, step.quality);
    if (made.bytes.length <= ENOUGH[format]) break;
  }
  if (made === undefined) throw new TypeError("There is no step to encode with.");
  return made;
}

async function encoded(
  animation: Animation,
  format: "webp" | "gif",
  quality: number,
): Promise<StickerPicture> {
  const { width, height, frames, delays, loop } = animation;
  const all = sharp(format === "gif" ? withoutShades(frames) : frames, {
    raw: { width, height: height * delays.length, channels: 4, pageHeight: height },
    limitInputPixels: false,
  });
  const timing = { loop, delay: [...delays] };
  const bytes = await (
    format === "gif"
      ? all.gif({ ...timing, effort: 5 })
      : all.webp({ ...timing, quality, effort: 2 })
  ).toBuffer();
  // Equal frames are merged, so that there may be one left.
  const { pages = 1 } = await sharp(bytes, { animated: true }).metadata();
  const mimetype = format === "gif" ? "image/gif" : "image/webp";
  return { bytes, mimetype, width, height, animated: pages > 1 };
}

/** A GIF has no half transparent pixels: those that are seen well enough are opaque, and the others are not there. */
function withoutShades(frames: Buffer): Buffer {
  const whole = Buffer.from(frames);
  for (let at = 3; at < whole.length; at += 4) whole[at] = (whole[at] ?? 0) < SEEN ? 0 : 255;
  return whole;
}

/** Frame by frame: sharp knows no pages of raw pixels when it resizes. */
async function resized(
  animation: Animation,
  size: { readonly width: number; readonly height: number },
): Promise<Animation> {
  if (size.width === animation.width && size.height === animation.height) return animation;
  const frames: Buffer[] = [];
  for (const index of animation.delays.keys())
    frames.push(await drawn(rawOf(animation, frameOf(animation, index)), size));
  return { ...animation, ...size, frames: Buffer.concat(frames) };
}

function rawOf({ width, height }: Animation, frame: Buffer): ReturnType<typeof sharp> {
  return sharp(frame, { raw: { width, height, channels: 4 } });
}

/** A picture's raw pixels (RGBA, alpha not multiplied in) in exactly this size. */
export function drawn(
  picture: ReturnType<typeof sharp>,
  size: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  return picture
    .resize({ width: size.width, height: size.height, fit: "fill" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer();
}
