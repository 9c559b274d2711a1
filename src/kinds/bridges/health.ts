import { BoundedProbe } from "../../integrations/boundedProbe.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Connector, Health } from "./connector.ts";

/** How a bridge is doing, as far as it has said in time. */
export type Looked = Health | { readonly is: "slow" };

interface BridgeHealthDeps {
  readonly clock: Clock;
  /** Rejects or throws where the bridge is not in the catalogue. */
  readonly connectorOf: (id: string) => Pick<Connector, "health">;
}

/** Asks bridges how they are, each within its own bounds. */
export class BridgeHealth {
  readonly #deps: BridgeHealthDeps;
  readonly #probes = new Map<string, BoundedProbe<Health>>();

  constructor(deps: BridgeHealthDeps) {
    this.#deps = deps;
  }

  /** Throws `bridge-uncatalogued`. */
  async of(id: string): Promise<Looked> {
    const { clock, connectorOf } = this.#deps;
    const probe = this.#probes.get(id) ?? new BoundedProbe<Health>(clock);
    this.#probes.set(id, probe);
    return probe.of(() => unlessSilent(connectorOf(id)));
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
