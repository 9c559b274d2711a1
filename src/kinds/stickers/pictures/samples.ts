import type { View } from "../../../kernel/errors.ts";
import { NO_LIMIT } from "./limits.ts";

/** What is said of pictures that become no stickers. */
export const PICTURE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "error/picture-broken": [{}],
  "error/picture-slow": [{}],
  "error/picture-svg": [{}],
  "error/picture-too-large": [
    { ...NO_LIMIT, side: 10_000 },
    { ...NO_LIMIT, millions: 25, all: false },
    { ...NO_LIMIT, millions: 100, all: true },
    { ...NO_LIMIT, frames: 600 },
    { ...NO_LIMIT, megabytes: 20 },
    { ...NO_LIMIT, seconds: 10 },
  ],
  "error/picture-unknown": [{}],
};
