import { BotAdoption } from "./adoption.ts";
import { Bots } from "./bots.ts";
import { botCarrier } from "./carrier.ts";
import { MemberNews } from "./memberNews.ts";
import { botUndoing } from "./undoing.ts";
import type { Kind, KindParts } from "../../integrations/kind.ts";
import { addBot } from "./addBot.ts";
import { botInfo } from "./botInfo.ts";
import { Latecomers } from "./pendingJoins.ts";
import { placedBots } from "./placedBots.ts";

/** Bots, as Usher offers them. `joinSeconds`: how long one that is invited is waited for. */
export function botKind({ matrix, documents, clock, queue, speaker, owed, calledAs, offer }: KindParts, joinSeconds: number): Kind {
  const entries = offer.bots;
  const news = new MemberNews(clock);
  const bots = new Bots({ matrix, documents, clock, news, entries, queue, patienceMs: joinSeconds * 1000 });
  const adoption = new BotAdoption({ matrix, documents, clock });
  const latecomers = new Latecomers({ bots, queue, speaker, owed, calledAs, joinSeconds });
  return {
    kind: "bot",
    info: ({ id }) => botInfo(entries, id),
    adding: addBot({ matrix, bots, adoption, entries, joinSeconds }),
    more: [],
    placed: placedBots({ matrix, bots }),
    carrier: botCarrier(bots, documents),
    undoing: botUndoing(bots, matrix),
    part: {
      name: "bots",
      note: ({ roomId, gap, events }) => {
        if (gap) news.noteGap(roomId);
        for (const event of events) news.note(event);
      },
      found: (room) => {
        latecomers.found(room);
      },
      start: () => latecomers.start(),
      handle: (batch) => latecomers.handle(batch),
      stop: () => {
        news.stop();
      },
    },
  };
}
