import { BotAdoption } from "./adoption.ts";
import { Bots } from "./bots.ts";
import { botUpgradeHandler } from "./upgrade.ts";
import { MembershipWaiter } from "./membershipWaiter.ts";
import { botUndoHandler } from "./undo.ts";
import type { Kind, KindDefinition, KindDeps } from "../../integrations/kind.ts";
import { BOT_ABILITIES, botStatus } from "./abilities.ts";
import { SECTION } from "./config.ts";
import { addBot } from "./addBot.ts";
import { BOT_ERRORS } from "./errors.ts";
import { botInfo } from "./botInfo.ts";
import { PendingJoins } from "./pendingJoins.ts";
import { botPart } from "./records.ts";
import { BotSection } from "./section.ts";
import { botItems } from "./items.ts";

/** Bots: programs that are members of a room. */
export const BOTS: KindDefinition = {
  errors: BOT_ERRORS,
  prepare: (config) => {
    const bots = SECTION.of(config);
    const section = new BotSection(bots.catalogue);
    return { section, open: (deps) => openBots(deps, section, bots.joinSeconds) };
  },
};

/** `joinSeconds`: how long a bot that is invited is waited for. */
function openBots(
  { matrix, documents, clock, queue, speaker, owed, calledAs }: KindDeps,
  { kind, plural, entries }: BotSection,
  joinSeconds: number,
): Kind {
  const news = new MembershipWaiter(clock);
  const bots = new Bots({
    matrix,
    documents,
    clock,
    news,
    entries,
    queue,
    patienceMs: joinSeconds * 1000,
  });
  const adoption = new BotAdoption({ matrix, documents, clock });
  const pendingJoins = new PendingJoins({ bots, queue, speaker, owed, calledAs, joinSeconds });
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
    rights: { part: botPart },
    part: {
      name: "bots",
      note: ({ roomId, gap, events }) => {
        if (gap) news.noteGap(roomId);
        for (const event of events) news.note(event);
      },
      found: (room) => {
        pendingJoins.found(room);
      },
      start: () => pendingJoins.start(),
      handle: (batch) => pendingJoins.handle(batch),
      stop: () => {
        news.stop();
      },
    },
  };
}
