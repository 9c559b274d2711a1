import type { Answer } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import type { KnownConnection } from "./connections.ts";
import type { ConnectionEntry } from "./entries.ts";
import type { Looked } from "./health.ts";
import type { HookshotSettings } from "./settings.ts";

/** Who runs hookshot and what it costs, for the template `connection/host` (R13, R16, R57). */
export function hostView({
  host,
  price,
}: Pick<ConnectionEntry | HookshotSettings, "host" | "price">): View {
  return {
    price: `price/${price}`,
    operator: host.by === "operator",
    who: host.by === "third-party" ? host.who : undefined,
    policy: host.by === "address" ? undefined : host.policy,
  };
}

/** Of what others have called something, so much is shown; UTF-16 units. */
const LONGEST = 100;

/** One connection of a room, in sentences. `now`: ms since the epoch. */
export function rowView(known: KnownConnection, sort: string, now: number): View {
  const { id, key, record, state: { until } = {} } = known;
  const name = known.name.length > LONGEST ? `${known.name.slice(0, LONGEST)}…` : known.name;
  const address = URL.canParse(key) ? key : undefined;
  return {
    ...{ id, name, address, sort, known: record !== undefined, addedBy: record?.addedBy },
    until: until === undefined || until <= now ? undefined : dayOf(until),
    addedOn: record && dayOf(record.addedAt),
    state: { template: `connection-state/${standing(known, now)}`, view: {} },
  };
}

function standing({ live, idle, halfDone, state }: KnownConnection, now: number): string {
  if (halfDone) return "half-done";
  if (!live) return "gone";
  if (idle !== undefined) return idle;
  return state?.until !== undefined && state.until <= now ? "ended" : "live";
}

/** What is wrong with hookshot, behind its name; undefined where it is well. */
export function faultView({ is }: Looked): Answer | undefined {
  if (is === "up") return undefined;
  return { template: `connection-fault/${is}`, view: {} };
}
