import type { ErrorCodes } from "../../../kernel/errorCodes.ts";

/** Why a picture becomes no sticker; the sentences are in `templates/<language>/error` of the kind's folder. */
export const PICTURE_ERRORS = {
  "picture-unknown": "Something that was to be a sticker is no picture of a kind that is taken.",
  "picture-svg": "A picture that was to be a sticker is an SVG, which is not taken.",
  "picture-too-large":
    "A picture that was to be a sticker is larger, or moves longer, than is taken.",
  "picture-broken": "A picture that was to be a sticker is damaged, or cannot be drawn.",
  "picture-slow": "To read a picture that was to be a sticker took too much time or memory.",
} as const satisfies ErrorCodes;

declare module "../../../kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof PICTURE_ERRORS, unknown> {}
}
