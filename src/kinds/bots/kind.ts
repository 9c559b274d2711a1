import type { SettingsOf } from "../../config/configSection.ts";
import { BotAdoption } from "./adoption.ts";
import { Bots } from "./bots.ts";
import { botUpgradeHandler } from "./upgrade.ts";
import { botUndoHandler } from "./undo.ts";
import type { Kind, KindDefinition, KindDeps } from "../../integrations/kind.ts";
import { BOT_ABILITIES, botStatus } from "./abilities.ts";
import { SECTION, type BotEntry } from "./config.ts";
import { addBot } from "./addBot.ts";
import { BOT_ERRORS } from "./errors.ts";
import { botInfo } from "./botInfo.ts";
import { botPart } from "./records.ts";
import type { ListSection } from "../../integrations/listSection.ts";
import { botSection } from "./section.ts";
import { botItems } from "./items.ts";

/** Bots: programs that are members of a room. */
export const BOTS: KindDefinition<SettingsOf<typeof SECTION>> = {
  errors: BOT_ERRORS,
  layers: {
    homeserver: { template: "layer/bot-homeserver", view: {} },
    manager: { template: "layer/bot-manager", view: {} },
    integration: { template: "layer/bot-integration", view: {} },
    "third-party": { template: "layer/bot-third-party", view: {} },
  },
  configSection: SECTION,
  prepare: ({ settings }) => {
    const section = botSection(settings.catalogue);
    return { section, open: (deps) => openBots(deps, section, settings.joinSeconds) };
  },
};

/** `joinSeconds`: how long a bot that is invited is waited for. */
function openBots(
  { matrix, documents, clock, queue, setUps }: KindDeps,
  { kind, plural, entries }: ListSection<BotEntry>,
  joinSeconds: number,
): Kind {
  const bots = new Bots({
    matrix,
    documents,
    clock,
    setUps,
    entries,
    queue,
    patienceMs: joinSeconds * 1000,
  });
  const adoption = new BotAdoption({ matrix, documents, clock });
  return {
    kind,
    plural,
    abilities: BOT_ABILITIES,
    status: botStatus,
    info: ({ id }) => botInfo(entries, id),
    adding: addBot({ matrix, bots, adoption, entries, joinSeconds }),
    more: [],
    items: botItems({ matrix, bots }),
    upgradeHandler: botUpgradeHandler(bots, documents),
    undoHandler: botUndoHandler(bots, matrix),
    rights: {
      part: botPart,
      byItself: "nothing",
      byHand: ({ id, user }) =>
        entries.find((one) => (one.id === id || one.user === user) && one.erasedByHand === true)
          ?.name,
    },
  };
}
