/** Pictures one after another: each of the same size, as RGBA (alpha not multiplied in), one beneath the other in one piece of memory. */
export interface Animation {
  readonly width: number;
  readonly height: number;
  readonly frames: Buffer;
  /** How long each is shown, ms. */
  readonly delays: readonly number[];
  /** How often all is shown; 0 is without end. */
  readonly loop: number;
}

/** The longest side of a sticker, pixels: what the specification asks for (v1.19, m.sticker). */
export const STICKER_SIDE = 512;
/** What all frames together may take as raw pixels, bytes: 104 frames of 512 × 512. */
const RAW_BYTES = 110e6;

/** The size in which so many frames are drawn: inside the longest side, in the same proportion, never larger than they are, and smaller where they are many. */
export function drawnSize(
  { width, height }: { readonly width: number; readonly height: number },
  frames = 1,
  longest = STICKER_SIDE,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(
    1,
    longest / Math.max(width, height),
    Math.sqrt(RAW_BYTES / (width * height * 4 * frames)),
  );
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** The bytes of one frame, not copied. */
export function frameOf({ width, height, frames }: Animation, index: number): Buffer {
  const size = width * height * 4;
  return frames.subarray(index * size, (index + 1) * size);
}

/** Browsers show what is to be shown for 10 ms or less ten times as long, and those who draw animations rely on it. */
export function shownDelay(ms: number): number {
  return ms <= 10 ? 100 : ms;
}

/**
 * Which frames are shown if a new one comes every `ms` at the soonest, and how long each; the whole takes as long as before.
 * Where none is shown shorter, all stay as they are.
 */
export function sampled(
  delays: readonly number[],
  ms: number,
): readonly { readonly index: number; readonly delay: number }[] {
  if (delays.every((delay) => delay >= ms)) return delays.map((delay, index) => ({ index, delay }));
  const taken: { index: number; from: number }[] = [];
  let next = 0;
  let at = 0;
  for (const [index, delay] of delays.entries()) {
    // The next moment lies within this one.
    if (next < at + delay) {
      const from = taken.length === 0 ? 0 : next;
      taken.push({ index, from });
      while (next < at + delay) next += ms;
    }
    at += delay;
  }
  return taken.map(({ index, from }, place) => ({
    index,
    delay: (taken[place + 1]?.from ?? at) - from,
  }));
}

/** The same with fewer frames, as `sampled` says. */
export function thinned(animation: Animation, ms: number): Animation {
  const taken = sampled(animation.delays, ms);
  if (taken.length === animation.delays.length) return animation;
  return {
    ...animation,
    frames: Buffer.concat(taken.map(({ index }) => frameOf(animation, index))),
    delays: taken.map(({ delay }) => delay),
  };
}
