import type { ConfigSection } from "../../config/configSection.ts";
import type { Kind, KindDefinition, KindDeps } from "../../integrations/kind.ts";
import { ListSection } from "../../integrations/listSection.ts";
import { SECTION as BOTS_SECTION } from "../bots/config.ts";
import { connectionCommands } from "./commands.ts";
import { Connections } from "./connections.ts";
import { connectionCatalogue, connectionEntries, type ConnectionEntry } from "./entries.ts";
import type { RoomBatch } from "../../matrix/intake.ts";
import { CONNECTION_ERRORS } from "./errors.ts";
import { HookshotApi } from "./hookshot/api.ts";
import { BotWords } from "./hookshot/botWords.ts";
import { Hookshot } from "./hookshot/hookshot.ts";
import { SecretMail } from "./hookshot/secretMail.ts";
import { findings, infoOf } from "./info.ts";
import { connectionItems } from "./items.ts";
import { outwardConnections } from "./outward.ts";
import { connectionPart, connectionsOf } from "./records.ts";
import type { HookshotSettings } from "./settings.ts";
import { sightOf } from "./sight.ts";
import { connectionUndoHandler } from "./undo.ts";
import { connectionUpgradeHandler } from "./upgrade.ts";
import { faultView } from "./views.ts";

/** What the section `bots` says of hookshot. */
interface Settings {
  readonly hookshot?: HookshotSettings | undefined;
}

/** It stands within another kind's section, and is read from there: operators look for a bot among the bots. */
const SETTINGS: ConfigSection<Settings> = {
  key: "bots",
  schema: BOTS_SECTION.schema,
  of: (config) => {
    const { hookshot } = BOTS_SECTION.of(config);
    return { hookshot };
  },
};

/** Connections: what happens elsewhere is told in a room, by matrix-hookshot. */
export const CONNECTIONS: KindDefinition<Settings> = {
  errors: CONNECTION_ERRORS,
  layers: {
    homeserver: { template: "layer/connection-homeserver", view: {} },
    manager: "none",
    integration: { template: "layer/connection-integration", view: {} },
    "third-party": { template: "layer/connection-third-party", view: {} },
  },
  configSection: SETTINGS,
  prepare: ({ settings: { hookshot: settings } }) => {
    const section = new ListSection<ConnectionEntry>({
      ...{ kind: "connection", plural: "connections", schema: connectionCatalogue },
      configured: connectionEntries(settings),
    });
    return { section, open: (deps) => openConnections(deps, section, settings) };
  },
};

function openConnections(
  deps: KindDeps,
  { kind, plural, entries }: ListSection<ConnectionEntry>,
  settings: HookshotSettings | undefined,
): Kind {
  const { matrix, documents, queue, letters, clock } = deps;
  const opened = settings && openHookshot(deps, settings);
  const connections = new Connections({
    ...deps,
    opened,
    probe: () => opened?.probe() ?? Promise.resolve(),
  });
  return {
    kind,
    plural,
    abilities: [],
    status: async (room) => {
      const count = connectionsOf(room).length;
      const fault = count === 0 ? undefined : faultView(await connections.health());
      return { here: { template: "connection/status", view: { count, fault } } };
    },
    checkup: () =>
      findings(connections, settings, () => sightOf({ matrix, documents, bot: connections.bot })),
    info: ({ id }) => infoOf(entries, id, settings),
    ...connectionCommands({ matrix, connections, entries, settings, letters, clock }),
    items: connectionItems({ connections, entries, clock }),
    upgradeHandler: connectionUpgradeHandler(connections, { documents, bot: settings?.bot }),
    undoHandler: connectionUndoHandler(connections),
    rights: {
      part: connectionPart,
      byItself: "nothing",
      byHand: ({ entry }) =>
        entries.find(({ id, erasedByHand }) => id === entry && erasedByHand === true)?.name,
      outward: outwardConnections({ connections, matrix, queue, settings }),
    },
    isProgram: (account) => account === settings?.bot,
    part: { name: "connections", note: (room) => opened?.note(room) },
  };
}

function openHookshot(deps: KindDeps, { bot, api: url }: HookshotSettings) {
  const { matrix, http, talkRooms, clock, setUps } = deps;
  const words = new BotWords(bot);
  const mail = new SecretMail({ matrix, talkRooms, waiter: setUps.waiter, clock, bot });
  const api = url === undefined ? undefined : new HookshotApi({ http, matrix, url, bot });
  const hookshot = new Hookshot({ matrix, clock, bot, api, words, mail });
  const note = (room: RoomBatch): void => {
    words.note(room);
    mail.note(room);
  };
  return { hookshot, bot, note, probe: async () => api?.sections() };
}
