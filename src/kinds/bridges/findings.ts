import type { Answer } from "../../chat/command.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import type { View } from "../../kernel/errors.ts";
import type { Bridges, KnownBridge } from "./bridges.ts";
import type { BridgeEntry } from "./config.ts";
import { PROBE_PATIENCE_MS } from "../../integrations/boundedProbe.ts";
import type { Looked } from "./health.ts";

/** For `status`: how many links a room has, which of their bridges cannot be used now, and which of them have lost their bot. */
export async function bridgesStatus(
  bridges: Pick<Bridges, "health" | "entryOf">,
  links: readonly KnownBridge[],
): Promise<Answer> {
  const entries = [...new Set(links.map(({ record: { entry } }) => entry))].flatMap(
    (id) => bridges.entryOf(id) ?? [],
  );
  const looked = await healths(bridges, entries);
  const unwell = looked
    .filter(({ health }) => health.is !== "up")
    .map(({ entry, health }) => ({ name: entry.name, fault: faultOf(health) }));
  const gone = links
    .filter(({ here, halfDone }) => !here && !halfDone)
    .map(({ record: { id, name } }) => ({
      ...{ name, fault: { template: "bridge-fault/gone", view: { id } } },
    }));
  const faults = [...unwell, ...gone].map((one, place) => ({ ...one, first: place === 0 }));
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
