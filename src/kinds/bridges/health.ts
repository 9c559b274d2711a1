import type { Clock } from "../../kernel/clock.ts";
import { sleep } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Connector, Health } from "./connector.ts";

/** How a bridge is doing, as far as it has said in time. */
export type Looked = Health | { readonly is: "slow" };

/** How long what a bridge says of itself is believed, and how long it is waited for; ms. */
const HEALTHY_MS = 60_000;
export const PATIENCE_MS = 10_000;

interface BridgeHealthDeps {
  readonly clock: Clock;
  /** Rejects or throws where the bridge is not in the catalogue. */
  readonly connectorOf: (id: string) => Pick<Connector, "health">;
}

/** Asks bridges how they are: each once a minute at most, however often somebody wants to know, and for as long as somebody can wait. */
export class BridgeHealth {
  readonly #deps: BridgeHealthDeps;
  readonly #asked = new Map<string, { readonly answer: Promise<Health>; readonly until: number }>();

  constructor(deps: BridgeHealthDeps) {
    this.#deps = deps;
  }

  /** What comes too late is there for whoever asks next. Throws `bridge-unknown`. */
  async of(id: string): Promise<Looked> {
    const { clock, connectorOf } = this.#deps;
    const now = clock.now();
    const asked = this.#asked.get(id);
    const isFresh = asked !== undefined && now < asked.until;
    const answer = isFresh ? asked.answer : unlessSilent(connectorOf(id));
    if (!isFresh) this.#asked.set(id, { answer, until: now + HEALTHY_MS });
    const inTime = new AbortController();
    const late = sleep(clock, PATIENCE_MS, inTime.signal).then(
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

/** A bridge that cannot be asked is none that anybody can use. */
async function unlessSilent(connector: Pick<Connector, "health">): Promise<Health> {
  try {
    return await connector.health();
  } catch (error) {
    if (!(error instanceof UsherError)) throw error;
    return { is: "down" };
  }
}
