import type { Clock } from "../kernel/clock.ts";
import type { Retention } from "../retention/retention.ts";
import type { DiskFacts } from "../store/checkDisk.ts";
import type { WebRoute } from "./webServer.ts";

/** A quiet sync is answered within 30 seconds; three of them, and time for a homeserver that restarts. As `scripts/health.mjs` has it; ms. */
export const SILENCE_MS = 150_000;
/** Sweeps begin each hour, and take their time; ms. */
const SWEEP_MS = 2 * 3_600_000;
/** How long what was seen of the disk holds: to see it is to write there; ms. */
const DISK_MS = 10_000;

interface HealthDeps {
  readonly clock: Clock;
  /** Whether Usher has synced and answers commands. */
  readonly isReady: () => boolean;
  /** When the homeserver last answered well; ms since the epoch. */
  readonly lastHeard: () => number | undefined;
  readonly disk: () => Promise<Pick<DiskFacts, "writable">>;
  readonly retention: Pick<Retention, "report">;
}

/** What is not well, for who watches: a word for each, which says nothing of anybody. */
export type HealthFault = "sync" | "store" | "sweeps";

/**
 * `/health` and `/ready`, by what the health file and `admin doctor` say too: whether the homeserver was heard lately, the data directory can be written, and what
 * goes after a time went at the last sweep, which was not long ago.
 */
export function healthRoutes(deps: HealthDeps): readonly WebRoute[] {
  const writable = lately(deps.clock, async () => (await deps.disk()).writable === true);
  const faults = async (): Promise<readonly HealthFault[]> => {
    const now = deps.clock.now();
    const heard = deps.lastHeard();
    return [
      ...(heard !== undefined && now - heard <= SILENCE_MS ? [] : (["sync"] as const)),
      ...((await writable()) ? [] : (["store"] as const)),
      ...(areSwept(deps.retention.report(), now) ? [] : (["sweeps"] as const)),
    ];
  };
  return [
    {
      path: "/health",
      watches: true,
      answer: async (_request, reply) => {
        const found = await faults();
        if (found.length === 0) return reply.send({ ok: true });
        return reply.code(503).send({ ok: false, faults: found });
      },
    },
    {
      path: "/ready",
      watches: true,
      answer: (_request, reply) =>
        deps.isReady() ? reply.send({ ok: true }) : reply.code(503).send({ ok: false }),
    },
  ];
}

function areSwept(report: ReturnType<Retention["report"]>, now: number): boolean {
  if (report === undefined || now - report.at > SWEEP_MS) return false;
  return report.standings.every(({ lastGood }) => lastGood === report.at);
}

/** The same answer for a while, and for all who ask meanwhile. */
function lately<T>(clock: Clock, look: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly found: Promise<T> } | undefined;
  return () => {
    const now = clock.now();
    if (last === undefined || Math.abs(now - last.at) >= DISK_MS) last = { at: now, found: look() };
    return last.found;
  };
}
