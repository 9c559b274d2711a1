import { appserviceDiscord } from "./appserviceDiscord/connector.ts";
import { appserviceIrc } from "./appserviceIrc/connector.ts";
import { appserviceSlack } from "./appserviceSlack/connector.ts";
import { bridgev2 } from "./bridgev2/connector.ts";
import type { BridgeEntry } from "./config.ts";
import type { Connector, ConnectorDefinition, ConnectorDeps } from "./connector.ts";
import { heisenbridge } from "./heisenbridge/connector.ts";
import { mautrixDiscord } from "./mautrixDiscord/connector.ts";
import { mautrixTelegram } from "./mautrixTelegram/connector.ts";

type EntryOf<N extends BridgeEntry["connector"]> = Extract<BridgeEntry, { readonly connector: N }>;

/** Every sort of bridge that Usher can work with, by the name that the catalogue uses. */
const CONNECTORS: { readonly [N in BridgeEntry["connector"]]: ConnectorDefinition<EntryOf<N>> } = {
  heisenbridge,
  bridgev2,
  "appservice-irc": appserviceIrc,
  "appservice-slack": appserviceSlack,
  "appservice-discord": appserviceDiscord,
  "mautrix-telegram": mautrixTelegram,
  "mautrix-discord": mautrixDiscord,
};

export function openConnector(entry: BridgeEntry, deps: ConnectorDeps): Connector {
  return definitionOf(entry.connector).open(entry, deps);
}

/** The compiler does not see that what stands under an entry's own name takes that entry. */
function definitionOf(name: BridgeEntry["connector"]): ConnectorDefinition<BridgeEntry> {
  return CONNECTORS[name];
}
