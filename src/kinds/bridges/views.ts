import type { Answer } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { KnownBridge } from "./bridges.ts";
import type { BridgeEntry } from "./config.ts";
import type { BridgeTraits } from "./connector.ts";
import type { MarkedLink } from "./discovery/bridgeMarks.ts";
import { PROBE_PATIENCE_MS } from "../../integrations/boundedProbe.ts";
import type { Looked } from "./health.ts";

/** Who runs a bridge and what it costs, for the template `bridge/host` (R13, R16, R57). */
export function hostView({ host, price }: BridgeEntry): View {
  return {
    price: `price/${price}`,
    operator: host.by === "operator",
    who: host.by === "third-party" ? host.who : undefined,
    policy: host.by === "address" ? undefined : host.policy,
  };
}

/** What is said of a sort of bridge before it is set up, what matters most first (R18, R62). */
export function traitsView({
  farSide,
  puppeting,
  relays,
  alters,
  keeps,
  keptUp = true,
}: BridgeTraits): readonly Answer[] {
  return [
    ...(keptUp ? [] : [{ template: "bridge/given-up", view: {} }]),
    ...(alters.length === 0
      ? []
      : [
          {
            template: "bridge/alters",
            view: { things: alters.map((one) => ({ template: `bridge-alters/${one}`, view: {} })) },
          },
        ]),
    { template: `bridge-puppeting/${puppeting}`, view: { farSide, ...relays } },
    keeps,
  ];
}

/** What everybody may set in the room once this has been lowered. */
export function loweredView(lowered: readonly { readonly of: string }[]): View {
  const types = lowered.map(({ of }) => of).filter((of) => of !== "invite");
  return {
    invites: types.length < lowered.length,
    lowered: types.map((type, place) => ({ type, first: place === 0 })),
  };
}

/** One bridge of a room, in sentences. */
export function rowView({ record, here, halfDone }: KnownBridge, bridge: string): View {
  const { id, name, bot, addedBy, addedAt } = record;
  const state = halfDone ? "half-done" : here ? "here" : "gone";
  return {
    ...{ id, name, bot, bridge, addedBy, addedOn: dayOf(addedAt) },
    state: { template: `bridge-state/${state}`, view: { id } },
  };
}

/** A link that the room has without Usher. */
export function otherView({ bot, to }: MarkedLink): View {
  return { bot, to };
}

/** What is said before another link comes beside these. */
export function alsoView(others: readonly MarkedLink[]): readonly Answer[] {
  if (others.length === 0) return [];
  const view = { others: others.map(({ bot }, place) => ({ bot, first: place === 0 })) };
  return [{ template: "bridge/also", view }];
}

/** How a bridge is doing, where that is worth saying. */
export function healthView({ is }: Looked): Answer | undefined {
  if (is === "up") return undefined;
  const view = is === "slow" ? { seconds: PROBE_PATIENCE_MS / 1000 } : {};
  return { template: `bridge-health/${is}`, view };
}
