import { getHeapStatistics } from "node:v8";

const MIB = 1_048_576;

/**
 * How large an answer may be, by what memory there is; bytes. Read whole, it takes its own size as bytes, up to twice that as text, and as much
 * again as objects: what is read must leave room for that, or one answer, asked for again after each restart, would end every life.
 */
function share(part: number, most: number): number {
  return Math.floor(Math.min(getHeapStatistics().heap_size_limit / part, most));
}

/** A room's state or members, a page of messages, and all else. */
export const ANSWER_BYTES = share(16, 64 * MIB);
export const SYNC_BYTES = share(10, 512 * MIB);
/** For an answer that is as small as it can be asked for. */
export const LAST_SYNC_BYTES = share(4, 512 * MIB);
/** A bundle of keys is unpacked outside, in memory that never shrinks again. */
export const BUNDLE_BYTES = share(16, 16 * MIB);
/** Of all that is fetched to fill the gaps of one answer to `/sync`, what is kept. */
export const FILLING_BYTES = share(32, 16 * MIB);
/** From this size on, answers are read a few at a time. */
export const LARGE_BYTES = MIB;
