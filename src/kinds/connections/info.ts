import type { Answer } from "../../chat/command.ts";
import type { KindFinding } from "../../integrations/kind.ts";
import type { Connections } from "./connections.ts";
import type { ConnectionEntry } from "./entries.ts";
import type { HookshotSettings } from "./settings.ts";
import { faultView, hostView } from "./views.ts";

/** What operators are told of hookshot. */
export async function findings(
  connections: Pick<Connections, "health">,
  settings: HookshotSettings | undefined,
): Promise<readonly KindFinding[]> {
  if (settings === undefined) return [];
  const looked = await connections.health();
  const well = looked.is === "up";
  const view = { well, bot: settings.bot, api: settings.api, fault: faultView(looked) };
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
