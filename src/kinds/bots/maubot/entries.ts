import { entryFields } from "../../../config/catalogue.ts";
import type { BotEntry } from "../config.ts";
import { botId } from "../presence.ts";
import type { MaubotSettings } from "./config.ts";
import type { ManagedBot } from "./maubot.ts";

/** Maubot's bots as entries of the catalogue, for those that it says nothing of: maubot is the operator's own. */
export function entriesOf(
  bots: readonly ManagedBot[],
  { price }: Pick<MaubotSettings, "price">,
): readonly BotEntry[] {
  return bots.map(({ user, name, instances }) => ({
    id: entryId(botId(user)),
    name: fitting(name) ?? fitting(user.slice(1, user.indexOf(":"))) ?? botId(user),
    user,
    description: described(instances.filter(({ running }) => running)),
    price,
    host: { by: "operator" },
    enabled: true,
    level: 0,
  }));
}

function entryId(id: string): string {
  return /^[a-z]/.test(id) ? id : `bot-${id}`;
}

/** A name that may stand in the catalogue. */
function fitting(name: string | undefined): string | undefined {
  return entryFields.name.safeParse(name).data;
}

function described(running: ManagedBot["instances"]): string {
  const plugins = [...new Set(running.map(({ plugin }) => plugin))].join(", ");
  const said = plugins === "" ? "A bot of maubot that runs no plugin now" : `Runs ${plugins}`;
  return said.length > 200 ? `${said.slice(0, 199)}…` : said;
}
