import type { SettingsOf } from "../../config/configSection.ts";
import { BotAdoption } from "./adoption.ts";
import { Bots } from "./bots.ts";
import { LeaveTokens } from "./leaveTokens.ts";
import { openMaubot, type OpenMaubot } from "./maubot/open.ts";
import { managedView } from "./maubot/view.ts";
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
  prepare: ({ settings, secrets }) => {
    const found: BotEntry[] = [];
    const section = botSection(settings.catalogue, () => found);
    const renew = (entries: readonly BotEntry[]): void => {
      found.splice(0, Infinity, ...entries);
      section.renew();
    };
    return {
      section,
      open: (deps) => {
        const maubot = openMaubot({ ...deps, secrets, section, renew }, settings.maubot);
        const { joinSeconds, leave = {} } = settings;
        const { entries } = section;
        const tokens = new LeaveTokens({ http: deps.http, secrets, settings: leave, entries });
        return openBots(deps, section, { joinSeconds, maubot, tokens });
      },
    };
  },
};

/** `joinSeconds`: how long a bot that is invited is waited for. */
function openBots(
  { matrix, documents, clock, log, queue, setUps }: KindDeps,
  { kind, plural, entries }: ListSection<BotEntry>,
  {
    joinSeconds,
    maubot: open,
    tokens,
  }: {
    readonly joinSeconds: number;
    readonly maubot: OpenMaubot | undefined;
    readonly tokens: LeaveTokens;
  },
): Kind {
  const maubot = open?.maubot;
  const bots = new Bots({
    matrix,
    documents,
    clock,
    setUps,
    entries,
    queue,
    maubot,
    tokens,
    log,
    patienceMs: joinSeconds * 1000,
  });
  const adoption = new BotAdoption({ matrix, documents, clock });
  return {
    kind,
    plural,
    abilities: BOT_ABILITIES,
    status: (room) => botStatus(room, maubot),
    info: ({ id }) => botInfo(entries, id, ({ user }) => managedView(user, maubot)),
    adding: addBot({ matrix, bots, adoption, entries, maubot, joinSeconds }),
    more: [],
    items: botItems({ matrix, bots, maubot }),
    upgradeHandler: botUpgradeHandler(bots, documents),
    undoHandler: botUndoHandler(bots, matrix),
    checkup: async () => [...((await open?.checkup()) ?? []), ...(await tokens.findings())],
    ...(open && { part: open.part }),
    rights: {
      part: botPart,
      byItself: "nothing",
      byHand: ({ id, user }) =>
        entries.find((one) => (one.id === id || one.user === user) && one.erasedByHand === true)
          ?.name,
      outward: "nothing",
    },
  };
}
