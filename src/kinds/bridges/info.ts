import type { Answer } from "../../chat/command.ts";
import type { Bridges } from "./bridges.ts";
import { hostView, traitsView } from "./views.ts";

/** What `info` tells of a bridge of the catalogue, before anything is set up. */
export function bridgeInfo(bridges: Bridges, wanted: string): Answer {
  const entry = bridges.entryOf(wanted);
  if (entry === undefined)
    throw new Error(`The catalogue has a bridge "${wanted}" that is not configured`);
  const { id, name, description, bot } = entry;
  const { traits, example } = bridges.connectorOf(id);
  return {
    template: "bridge/info",
    view: {
      ...{ id, name, description: description.replace(/\.$/, ""), bot, example },
      ...hostView(entry),
      appears: traits.appears,
      traits: traitsView(traits),
    },
  };
}
