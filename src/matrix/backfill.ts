import { z } from "zod";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { isContent } from "./events.ts";
import { isWorthKeeping, sizeOf, withoutRelated } from "./gist.ts";
import { isOwnJoin } from "./ownMembership.ts";
import type { Content } from "./port.ts";

const PAGES = 5;
const PAGE_EVENTS = 100;
/** The other rooms' events wait for it. */
const PAGE_MS = 15_000;

const page = z.object({
  chunk: z.array(z.unknown()).transform((events) => events.filter(isContent)),
  end: z.string().optional(),
});

export interface Gap {
  readonly room: RoomId;
  /** The timeline's `prev_batch`, and the token of the answer before it. */
  readonly from: string;
  readonly to: string;
  /** How much of it is kept; bytes, roughly. */
  readonly bytes: number;
}

/**
 * What was found in a gap, raw, oldest first, without what is too long to be a command; not complete where it is larger than what is fetched or kept,
 * or a page did not come: `late` where it did not come in time.
 */
export interface Filling {
  readonly events: readonly Content[];
  readonly complete: boolean;
  readonly late?: boolean;
}

/**
 * Fetches what lies between two answers of the homeserver, newest first, up to 500 events, and no further back than to Usher's own
 * coming into the room. Never rejects: a gap that cannot be filled is one that is told of. What is not worth its memory goes with its page.
 */
export async function backfill(
  call: HomeserverCall,
  gap: Gap,
  me: UserId,
  signal: AbortSignal,
): Promise<Filling> {
  const newestFirst: Content[] = [];
  const found = (complete: boolean, late = false): Filling => ({
    events: newestFirst.toReversed(),
    complete,
    ...(late ? { late } : {}),
  });
  let left = gap.bytes;
  let position = gap.from;
  for (let fetched = 0; fetched < PAGES; fetched += 1) {
    let answer: z.infer<typeof page>;
    try {
      const query = { dir: "b", from: position, to: gap.to, limit: PAGE_EVENTS };
      answer = page.parse(
        await call("GET", path("rooms", gap.room, "messages"), {
          query,
          signal,
          timeoutMs: PAGE_MS,
        }),
      );
    } catch (error) {
      return found(false, error instanceof HomeserverError && error.kind === "timeout");
    }
    const join = answer.chunk.findIndex((event) => isOwnJoin(event, me));
    for (const raw of join === -1 ? answer.chunk : answer.chunk.slice(0, join + 1)) {
      const event = withoutRelated(raw);
      if (!isWorthKeeping(event)) continue;
      left -= sizeOf(event);
      if (left < 0) return found(false);
      newestFirst.push(event);
    }
    if (join !== -1 || answer.end === undefined || answer.chunk.length === 0) return found(true);
    position = answer.end;
  }
  return found(false);
}
