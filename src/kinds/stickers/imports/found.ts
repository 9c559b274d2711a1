import { UsherError } from "../../../kernel/errors.ts";
import { shortHash, type PackImage } from "../pack.ts";

/** A pack as it was found somewhere else than in the room that it is to come into. */
export interface FoundPack {
  /** What tells that it is the same pack when it is imported again, as a hash. */
  readonly source: string;
  /** UTF-16 units: 60 at most. */
  readonly name: string;
  /** Who made it. */
  readonly attribution: string | undefined;
  readonly licence?: string | undefined;
  /** At most `MOST_PICTURES`. */
  readonly pictures: readonly FoundPicture[];
  /** How many more there are, which are not taken. */
  readonly over: number;
}

/** One picture of such a pack. */
export interface FoundPicture {
  /** What it is called there. People are told it where it is left out; it is never a path. */
  readonly name: string;
  /** What its shortcode is made of. */
  readonly words: string;
  /** A shortcode that it has there already. */
  readonly code?: string;
  /** What it shows, in words or emoji. */
  readonly body: string | undefined;
  /** What tells that it is the same picture of that pack, whatever it looks like; as a hash. */
  readonly key: string;
  readonly from: PictureFrom;
}

/**
 * Where a picture comes from: a file to be read, which rejects with an `UsherError` or `LeftOut`, with a version that tells that it is still the same where that is
 * known without reading it; or one that lies in the media repository already.
 */
export type PictureFrom =
  | { readonly read: () => Promise<Uint8Array>; readonly version?: string }
  | { readonly lies: PackImage };

/** Pictures that are taken of one pack at most. */
const MOST_PICTURES = 1_000;

/** Why a picture is left out, as a flag of the template `sticker/left-out`. */
export const WHYS = [
  "unknown",
  "svg",
  "large",
  "broken",
  "slow",
  "misnamed",
  "sealed",
  "link",
  "nested",
  "twice",
  "away",
] as const;
export type Why = (typeof WHYS)[number];

/** The same with what befalls only pictures that are sent: their message is there no more. */
export const LEFT_OUT_FLAGS = [...WHYS, "deleted"] as const;
export type LeftOutFlag = (typeof LEFT_OUT_FLAGS)[number];

/** A picture cannot be read; the others of its pack can. */
export class LeftOut extends Error {
  readonly why: Why;

  constructor(why: Why, options?: ErrorOptions) {
    super(why, options);
    this.name = "LeftOut";
    this.why = why;
  }
}

const BY_CODE: Partial<Record<UsherError["code"], Why>> = {
  "picture-unknown": "unknown",
  "picture-svg": "svg",
  "picture-too-large": "large",
  "picture-broken": "broken",
  "picture-slow": "slow",
  "download-too-large": "large",
  "website-too-large": "large",
};

/** Why a failure to read leaves out one picture and no more; throws what is no such failure. */
export function whyLeftOut(error: unknown): Why {
  if (error instanceof LeftOut) return error.why;
  if (error instanceof UsherError && error.code !== "unexpected")
    return BY_CODE[error.code] ?? "away";
  throw error;
}

/** As many as are taken, and how many more there are. */
export function taken<T>(pictures: readonly T[]): {
  readonly pictures: readonly T[];
  readonly over: number;
} {
  const over = Math.max(0, pictures.length - MOST_PICTURES);
  return { pictures: pictures.slice(0, MOST_PICTURES), over };
}

/** What something is told by, as a hash. */
export function keyOf(...parts: readonly string[]): string {
  return shortHash(parts);
}

/** Words from elsewhere, in one line of at most so many UTF-16 units; undefined where nothing is left. */
export function shortLine(words: unknown, most: number): string | undefined {
  if (typeof words !== "string") return undefined;
  const line = words
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, " ")
    .trim();
  if (line === "") return undefined;
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
