import type { Clock } from "../kernel/clock.ts";
import type { Learning } from "../kernel/learning.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { Pace } from "../kernel/pace.ts";
import type { Round } from "../kernel/rounds.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part, SweepingPart } from "../matrix/part.ts";
import type { PartSweep, Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { sweepAll } from "./sweepAll.ts";

/** What the sweeping is called in the log, where it fails. */
const SWEEP = "sweep";

interface PartsDeps {
  readonly documents: Documents;
  readonly learning: Learning;
  readonly log: Log;
  /** Who deletes what the data map says goes after a time. */
  readonly sweepers: Readonly<Record<PartSweep, SweepingPart>>;
  /** What sees to it that they do. */
  readonly retention: Pick<Retention, "run" | "isDue">;
  readonly clock: Clock;
}

/** The parts that live as long as Usher does, as one. */
export class Parts {
  readonly #parts: readonly Part[];
  readonly #deps: PartsDeps;
  readonly #leaving = new AbortController();
  #sweeping: Promise<void> | undefined;

  /** Throws where one that is to sweep is not among them. */
  constructor(parts: readonly Part[], deps: PartsDeps) {
    const idle = Object.values(deps.sweepers).find((sweeper) => !parts.includes(sweeper));
    if (idle !== undefined) throw new Error(`"${idle.name}" is to sweep and is no part.`);
    this.#parts = parts;
    this.#deps = deps;
  }

  /** Shows all parts what is stored, and starts them one after another. Rejects where what is stored cannot be read. */
  async start(): Promise<void> {
    const { learning, log } = this.#deps;
    const first = await this.#run({
      see: (room) => {
        for (const part of this.#parts) part.found?.(room);
      },
    });
    // As in any other hour: the next tries again.
    if (first !== undefined)
      log.error({ class: "ops", what: `${SWEEP}.failed`, ...errorFields(first) });
    for (const part of this.#parts) {
      if (part.start !== undefined) await learning.begin(part.name, async () => part.start?.());
    }
  }

  /** Everything in the batch is noted by all parts before any of them acts on it. Settles when all have. */
  async handle(batch: Batch): Promise<void> {
    for (const room of batch.rooms) for (const part of this.#parts) part.note?.(room);
    const rest = this.#parts.reduce((left, part) => part.sift?.(left) ?? left, batch);
    await Promise.all(this.#parts.map(async (part) => part.handle?.(rest)));
  }

  async ready(): Promise<void> {
    for (const part of this.#parts) await part.ready?.();
  }

  /** Forgets everywhere what has been kept long enough, beside all else. Rejects with the first failure, after trying all. Asked again meanwhile, it is the same. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => (this.#sweeping = undefined));
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { signal } = this.#leaving;
    const pace = new Pace(this.#deps.clock, signal);
    try {
      await settle(await this.#run({ breathe: () => pace.breathe() }));
    } catch (error) {
      // The next start sweeps before all else.
      if (!signal.aborted) throw error;
    }
  }

  get rounds(): readonly Round[] {
    // A machine that slept, or a busy one, may pass over the minute that was meant.
    const { retention } = this.#deps;
    const work = (): Promise<void> => (retention.isDue() ? this.sweep() : Promise.resolve());
    const sweep = { name: SWEEP, when: "45 * * * * *", work };
    return [...this.#parts.flatMap(({ rounds = [] }) => rounds), sweep];
  }

  /** Resolves when all has settled that parts do beside. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    const beside = this.#parts.toReversed().map((part) => part.stop?.());
    await Promise.allSettled([...beside, this.#sweeping]);
  }

  /** Looks at every stored room once, and sweeps; resolves with what the sweeping failed of. */
  #run(more: Pick<Parameters<typeof sweepAll>[0], "see" | "breathe">): Promise<Error | undefined> {
    const { retention, documents, sweepers } = this.#deps;
    return retention.run((pass) =>
      sweepAll({ parts: this.#parts, sweepers, documents, ...more }, pass),
    );
  }
}

function settle(failure: Error | undefined): Promise<void> {
  return failure === undefined ? Promise.resolve() : Promise.reject(failure);
}
