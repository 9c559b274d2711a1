import type { Answer } from "../../chat/command.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import type { Connections } from "./connections.ts";
import type { ConnectionEntry } from "./entries.ts";
import type { HookshotSettings } from "./settings.ts";
import { faultView, hostView } from "./views.ts";

/** What can be seen of hookshot where it cannot be asked. */
export interface Sight {
  /** Its own homeserver knows no such account. */
  readonly unknown: boolean;
  /** Rooms for which Usher has had it connect something, and in how many of them its bot is not. */
  readonly rooms: number;
  readonly absent: number;
}

/** What operators are told of hookshot. `see`: asked where it has no API. */
export async function findings(
  connections: Pick<Connections, "health">,
  settings: HookshotSettings | undefined,
  see: () => Promise<Sight>,
): Promise<readonly KindFinding[]> {
  if (settings === undefined) return [];
  const { bot, api } = settings;
  if (api === undefined) {
    const seen = await see();
    const well = !seen.unknown && seen.absent === 0;
    return [{ well, finding: { template: "doctor/hookshot-seen", view: { bot, ...seen } } }];
  }
  const looked = await connections.health();
  const well = looked.is === "up";
  const view = { well, bot, fault: faultView(looked) };
  return [{ well, finding: { template: "doctor/hookshot", view } }];
}

/** What `info` tells of one sort of connection. */
export function infoOf(
  entries: readonly ConnectionEntry[],
  wanted: string,
  settings: HookshotSettings | undefined,
): Answer {
  const entry = entries.find(({ id }) => id === wanted);
  if (entry === undefined || settings === undefined)
    throw new Error(`The catalogue has a connection "${wanted}" that is not configured`);
  const { name, description } = entry;
  return {
    template: `connection-info/${entry.id}`,
    view: { name, description, bot: settings.bot, ...hostView(entry) },
  };
}
