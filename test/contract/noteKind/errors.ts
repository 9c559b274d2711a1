import type { ErrorCodes } from "../../../src/kernel/errorCodes.ts";

/** What can go wrong with notes alone. */
export const NOTE_ERRORS = {
  "note-twice": "A note was to be put up that is on the wall already.",
} as const satisfies ErrorCodes;

declare module "../../../src/kernel/errorCodes.ts" {
  interface KindErrorCodes extends Record<keyof typeof NOTE_ERRORS, unknown> {}
}
