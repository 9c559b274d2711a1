import type { SettingsOf } from "../../config/configSection.ts";
import type { Secrets } from "../../config/secrets.ts";
import type { ListSection } from "../../integrations/listSection.ts";
import type { Kind, KindDefinition, KindDeps } from "../../integrations/kind.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Part } from "../../matrix/part.ts";
import { addBridge } from "./addBridge.ts";
import { BotRooms } from "./botRooms.ts";
import { Bridges } from "./bridges.ts";
import { SECTION, type BridgeEntry } from "./config.ts";
import type { Connector, ConnectorDeps } from "./connector.ts";
import { openConnector } from "./connectors.ts";
import { BridgeDiscovery } from "./discovery/discovery.ts";
import { Dialogues } from "./dialogue/dialogues.ts";
import { BRIDGE_ERRORS } from "./errors.ts";
import { bridgeFindings, bridgesStatus } from "./findings.ts";
import { bridgeInfo } from "./info.ts";
import { bridgeItems } from "./items.ts";
import { LostLinks } from "./lostLinks.ts";
import { beyondRooms } from "./operators.ts";
import { outwardLinks } from "./outward.ts";
import { loginCommands } from "./logins/commands.ts";
import { MadeLogins } from "./logins/madeLogins.ts";
import { Walks } from "./logins/walks.ts";
import { bridgePart } from "./records.ts";
import { bridgeSection } from "./section.ts";
import { bridgeUndoHandler } from "./undo.ts";
import { bridgeUpgradeHandler } from "./upgrade.ts";

/** Bridges: what is written in a room is written elsewhere too, and the other way round. */
export const BRIDGES: KindDefinition<SettingsOf<typeof SECTION>> = {
  errors: BRIDGE_ERRORS,
  layers: {
    homeserver: { template: "layer/bridge-homeserver", view: {} },
    manager: "none",
    integration: { template: "layer/bridge-integration", view: {} },
    "third-party": { template: "layer/bridge-third-party", view: {} },
  },
  configSection: SECTION,
  prepare: ({ settings, secrets }) => {
    const section = bridgeSection(settings.catalogue);
    return { section, open: (deps) => openBridges(deps, section, secrets) };
  },
};

function openBridges(
  deps: KindDeps,
  { kind, plural, entries }: ListSection<BridgeEntry>,
  secrets: Secrets,
): Kind {
  const { matrix, setUps, documents } = deps;
  const isBot = (user: UserId): boolean => entries.some(({ bot }) => bot === user);
  const dialogues = new Dialogues(deps);
  const { waiter } = setUps;
  const rooms = new BotRooms({ ...deps, waiter, isBot });
  const open = opener({ ...deps, dialogues, rooms, secrets, waiter });
  const bridges = new Bridges({ ...deps, entries, open });
  const discovery = new BridgeDiscovery({ ...deps, entries });
  const made = new MadeLogins(deps);
  const walks = new Walks({ ...deps, made });
  return {
    kind,
    plural,
    abilities: [],
    status: async (room) => {
      const links = room === undefined ? [] : await bridges.list(room.id);
      return { here: await bridgesStatus(bridges, links) };
    },
    checkup: () => bridgeFindings(bridges, entries),
    info: ({ id }) => bridgeInfo(bridges, id),
    adding: addBridge({ matrix, bridges, entries }),
    more: loginCommands({ bridges, entries, walks, made }),
    items: bridgeItems(bridges),
    upgradeHandler: bridgeUpgradeHandler(bridges, documents),
    undoHandler: bridgeUndoHandler(bridges),
    rights: {
      part: bridgePart,
      byItself: "nothing",
      byHand: ({ entry }) =>
        entries.find(({ id, erasedByHand }) => id === entry && erasedByHand === true)?.name,
      outward: outwardLinks({ bridges, matrix, queue: deps.queue, isBot, made }),
    },
    beyond: beyondRooms({ ...deps, bridges, lost: new LostLinks(deps) }),
    suggestions: () => discovery.suggestions(),
    isProgram: isBot,
    part: talking(dialogues, rooms, walks),
  };
}

/** One connector for each entry, as long as that stays as it is. */
function opener(deps: ConnectorDeps): (entry: BridgeEntry) => Connector {
  const opened = new WeakMap<BridgeEntry, Connector>();
  return (entry) => {
    const known = opened.get(entry) ?? openConnector(entry, deps);
    opened.set(entry, known);
    return known;
  };
}

function talking(dialogues: Dialogues, rooms: BotRooms, walks: Walks): Part {
  return {
    name: "bridges",
    start: () => walks.start(),
    ready: () => walks.ready(),
    note: (room) => {
      dialogues.note(room);
    },
    sift: (batch) => walks.sift(rooms.sift(batch)),
    stop: () => {
      walks.stop();
      dialogues.stop();
    },
  };
}
