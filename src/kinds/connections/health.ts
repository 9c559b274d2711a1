import { sleep, type Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";

/** How hookshot is doing. `unusable`: it answers, and does nothing for Usher. `slow`: it has not answered in time. */
export type Looked = { readonly is: "up" | "down" | "unusable" | "slow" };

/** How long its last answer is believed, and how long one is waited for; ms. */
const HEALTHY_MS = 60_000;
const PROBE_MS = 10_000;

interface HookshotHealthDeps {
  readonly clock: Clock;
  readonly probe: () => Promise<unknown>;
}

/** Asks hookshot how it is: once a minute at most, however often somebody wants to know, and for as long as somebody can wait. */
export class HookshotHealth {
  readonly #deps: HookshotHealthDeps;
  #asked: { readonly answer: Promise<Looked>; readonly until: number } | undefined;

  constructor(deps: HookshotHealthDeps) {
    this.#deps = deps;
  }

  /** What comes too late is there for whoever asks next. */
  async now(): Promise<Looked> {
    const { clock, probe } = this.#deps;
    if (this.#asked === undefined || clock.now() >= this.#asked.until)
      this.#asked = { answer: looked(probe), until: clock.now() + HEALTHY_MS };
    const { answer } = this.#asked;
    const inTime = new AbortController();
    const late = sleep(clock, PROBE_MS, inTime.signal).then(
      () => ({ is: "slow" }) as const,
      () => answer,
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      inTime.abort();
    }
  }
}

async function looked(probe: () => Promise<unknown>): Promise<Looked> {
  try {
    await probe();
    return { is: "up" };
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    return { is: error.code === "hookshot-silent" ? "down" : "unusable" };
  }
}
