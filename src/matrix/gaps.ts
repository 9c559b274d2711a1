import { RecentMap } from "../kernel/recent.ts";
import type { Clock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import { backfill, type Filling } from "./backfill.ts";
import type { HomeserverCall } from "./client.ts";
import { FILLING_BYTES } from "./limits.ts";
import { sinceOwnJoin } from "./ownMembership.ts";
import type { SyncAnswer } from "./syncAnswer.ts";

/** How many rooms are back-filled at the same time. */
const FILLED_AT_ONCE = 2;
/** For so long the other rooms' events wait, at most, before what is left is told of as gaps; ms. */
const PATIENCE_MS = 30_000;
/** A room whose pages did not come in time is not waited for again so soon; ms. */
const SPARED_MS = 600_000;
const REMEMBERED_ROOMS = 1_000;

interface GapsDeps {
  readonly me: UserId;
  readonly call: HomeserverCall;
  readonly clock: Clock;
  readonly log: Log;
}

interface Circumstances {
  /** Undefined for a first sync, which has no gaps. */
  readonly since: string | undefined;
  readonly signal: AbortSignal;
  /** Gaps are only told of. */
  readonly careful?: boolean;
}

/** Fills the gaps of an answer: its rooms share one measure of memory and of time, each its own part of it. */
export class Gaps {
  readonly #deps: GapsDeps;
  /** Until when a room is not filled. */
  readonly #spared = new RecentMap<RoomId, number>(REMEMBERED_ROOMS);

  constructor(deps: GapsDeps) {
    this.#deps = deps;
  }

  async fill(
    answer: SyncAnswer,
    { since, signal, careful = false }: Circumstances,
  ): Promise<ReadonlyMap<RoomId, Filling>> {
    const { call, clock, me, log } = this.#deps;
    const fillings = new Map<RoomId, Filling>();
    if (since === undefined) return fillings;
    const gaps: { room: RoomId; from: string }[] = [];
    for (const [room, { timeline, limited, prevBatch }] of answer.joined) {
      // Before Usher's own coming there is nothing to miss.
      if (!limited || sinceOwnJoin(timeline, me).joined) continue;
      if (prevBatch !== undefined && !careful && (this.#spared.get(room) ?? 0) <= clock.now())
        gaps.push({ room, from: prevBatch });
      else {
        fillings.set(room, { events: [], complete: false });
        log.info({ class: "bot", what: "sync.gap", where: pseudonym(room), count: 0 });
      }
    }
    const bytes = Math.floor(FILLING_BYTES / Math.max(1, gaps.length));
    const until = clock.now() + PATIENCE_MS;
    await eachOf(gaps, FILLED_AT_ONCE, async (gap) => {
      const filling =
        clock.now() > until
          ? { events: [], complete: false }
          : await backfill(call, { ...gap, to: since, bytes }, me, signal);
      fillings.set(gap.room, filling);
      if (filling.late === true) this.#spare(gap.room);
      log.info({
        class: "bot",
        what: filling.complete ? "sync.gap-filled" : "sync.gap",
        where: pseudonym(gap.room),
        count: filling.events.length,
      });
    });
    return fillings;
  }

  #spare(room: RoomId): void {
    this.#spared.set(room, this.#deps.clock.now() + SPARED_MS);
  }
}

/** Does the work for each item, so many at the same time. */
async function eachOf<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
