import type { Answer } from "../../chat/command.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import type { View } from "../../kernel/errors.ts";
import type { Bridges } from "./bridges.ts";
import type { BridgeEntry } from "./config.ts";
import { PROBE_PATIENCE_MS } from "../../integrations/boundedProbe.ts";
import type { Looked } from "./health.ts";
import type { BridgeRecord } from "./records.ts";

/** For `status`: how many links a room has, and which of their bridges cannot be used now. */
export async function bridgesStatus(
  bridges: Pick<Bridges, "health" | "entryOf">,
  links: readonly BridgeRecord[],
): Promise<Answer> {
  const entries = [...new Set(links.map(({ entry }) => entry))].flatMap(
    (id) => bridges.entryOf(id) ?? [],
  );
  const looked = await healths(bridges, entries);
  const faults = looked
    .filter(({ health }) => health.is !== "up")
    .map(({ entry, health }, place) => ({
      ...{ first: place === 0, name: entry.name },
      fault: faultOf(health),
    }));
  return {
    template: "bridge/status",
    view: { count: links.length, any: faults.length > 0, faults },
  };
}

/** What operators are told of the bridges that people can add. */
export async function bridgeFindings(
  bridges: Pick<Bridges, "health">,
  entries: readonly BridgeEntry[],
): Promise<readonly KindFinding[]> {
  const looked = await healths(
    bridges,
    entries.filter(({ enabled }) => enabled),
  );
  return looked.map(({ entry: { id, name }, health }) => {
    const well = health.is === "up";
    const view: View = { id, name, well, fault: faultOf(health), ...flags(health) };
    return { well, finding: { template: "doctor/bridge", view } };
  });
}

/** All at once: each has a bot of its own to ask, and a limit of its own. */
function healths(
  bridges: Pick<Bridges, "health">,
  entries: readonly BridgeEntry[],
): Promise<readonly { readonly entry: BridgeEntry; readonly health: Looked }[]> {
  return Promise.all(
    entries.map(async (entry) => ({ entry, health: await bridges.health(entry.id) })),
  );
}

/** What is wrong, behind the bridge's name. */
function faultOf({ is }: Looked): Answer | undefined {
  return is === "up"
    ? undefined
    : {
        template: `bridge-fault/${is}`,
        view: is === "slow" ? { seconds: PROBE_PATIENCE_MS / 1000 } : {},
      };
}

function flags({ is }: Looked): View {
  return {
    down: is === "down",
    old: is === "too-old",
    unusable: is === "unusable",
    slow: is === "slow",
  };
}
