import { UsherError } from "../../../kernel/errors.ts";

/** What a picture may be before it is decoded; far more than any sticker is, and little enough to be read in bounded memory. */
export const LIMITS = {
  /** Of the file, bytes. */
  megabytes: 20,
  /** Of width and height, pixels. */
  side: 10_000,
  /** Of one frame, millions of pixels. */
  millions: 25,
  /** Of all frames together, millions of pixels. */
  allMillions: 100,
  frames: 600,
  /** Of what is drawn anew for each moment (Lottie), and of videos. */
  seconds: 10,
} as const;

/** What the picture measures, as far as its head says so; pixels. */
export interface Measures {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** Throws `picture-too-large` for more than `LIMITS`, with the limit that it passes. */
export function withinLimits({ width, height, frames }: Measures): void {
  if (Math.max(width, height) > LIMITS.side) throw tooLarge({ side: LIMITS.side });
  if (frames > LIMITS.frames) throw tooLarge({ frames: LIMITS.frames });
  if (width * height > LIMITS.millions * 1e6)
    throw tooLarge({ millions: LIMITS.millions, all: false });
  if (width * height * frames > LIMITS.allMillions * 1e6)
    throw tooLarge({ millions: LIMITS.allMillions, all: true });
}

/** Throws `picture-too-large` for what moves longer than `LIMITS.seconds`. */
export function withinSeconds(seconds: number): void {
  if (seconds > LIMITS.seconds) throw tooLarge({ seconds: LIMITS.seconds });
}

/** Throws `picture-too-large` for a file of more bytes than `LIMITS.megabytes`. */
export function withinBytes(bytes: Uint8Array): void {
  if (bytes.length > LIMITS.megabytes * 1e6) throw tooLarge({ megabytes: LIMITS.megabytes });
}

/** What the sentence is filled with where that is not what is too much: null and not undefined, which JSON leaves out on the way from the process. */
export const NO_LIMIT = {
  ...{ side: null, millions: null, all: null },
  ...{ frames: null, megabytes: null, seconds: null },
} as const;

/** The refusal of what passes a limit, which is named in it; `all` says whether a number of pixels is that of all frames. */
export function tooLarge(
  limit: Partial<Record<keyof typeof NO_LIMIT, number | boolean>>,
): UsherError {
  return new UsherError("picture-too-large", { ...NO_LIMIT, ...limit });
}
