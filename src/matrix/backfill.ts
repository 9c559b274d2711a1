import { z } from "zod";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { path, type HomeserverCall } from "./client.ts";
import { isContent } from "./events.ts";
import { isOwnJoin } from "./ownMembership.ts";
import type { Content } from "./port.ts";

const PAGES = 5;
const PAGE_EVENTS = 100;

const page = z.object({
  chunk: z.array(z.unknown()).transform((events) => events.filter(isContent)),
  end: z.string().optional(),
});

export interface Gap {
  readonly room: RoomId;
  /** The timeline's `prev_batch`, and the token of the answer before it. */
  readonly from: string;
  readonly to: string;
}

/** What was found in a gap, raw, oldest first; not complete where it is larger than what is fetched, or a page did not come. */
export interface Filling {
  readonly events: readonly Content[];
  readonly complete: boolean;
}

/**
 * Fetches what lies between two answers of the homeserver, newest first, up to 500 events, and no further back than to Usher's own
 * coming into the room. Never rejects: a gap that cannot be filled is one that is told of.
 */
export async function backfill(call: HomeserverCall, { room, from, to }: Gap, me: UserId, signal: AbortSignal): Promise<Filling> {
  const newestFirst: Content[] = [];
  let position = from;
  for (let fetched = 0; fetched < PAGES; fetched += 1) {
    let answer: z.infer<typeof page>;
    try {
      const query = { dir: "b", from: position, to, limit: PAGE_EVENTS };
      answer = page.parse(await call("GET", path("rooms", room, "messages"), { query, signal }));
    } catch {
      return { events: newestFirst.toReversed(), complete: false };
    }
    const join = answer.chunk.findIndex((event) => isOwnJoin(event, me));
    newestFirst.push(...(join === -1 ? answer.chunk : answer.chunk.slice(0, join + 1)));
    if (join !== -1 || answer.end === undefined || answer.chunk.length === 0) return { events: newestFirst.toReversed(), complete: true };
    position = answer.end;
  }
  return { events: newestFirst.toReversed(), complete: false };
}
