import { BoundedProbe } from "../../integrations/boundedProbe.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";

/** How hookshot is doing. `unusable`: it answers, and does nothing for Usher. `slow`: it has not answered in time. */
export type Looked = { readonly is: "up" | "down" | "unusable" | "slow" };

interface HookshotHealthDeps {
  readonly clock: Clock;
  readonly probe: () => Promise<unknown>;
}

/** Asks hookshot how it is, within bounds. */
export class HookshotHealth {
  readonly #ask: HookshotHealthDeps["probe"];
  readonly #probe: BoundedProbe<Looked>;

  constructor({ clock, probe }: HookshotHealthDeps) {
    this.#ask = probe;
    this.#probe = new BoundedProbe(clock);
  }

  now(): Promise<Looked> {
    return this.#probe.of(() => looked(this.#ask));
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
